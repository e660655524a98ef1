"""What the README shows is run as it stands."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import grpc
import pytest
from PIL import Image

from albumen.catalog.v1.image_service_pb2 import IndexImageBytesRequest
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from services.common.wire.channel import DIRECT
from tests.e2e.conftest import Stack

README = (Path(__file__).parents[2] / "README.md").read_text()


@pytest.fixture
def folder(samples_dir: Path, tmp_path: Path) -> Path:
    """A folder with the photos that the README speaks of."""
    shutil.copy(samples_dir / "obama.jpg", tmp_path / "photo.jpg")
    with Image.open(samples_dir / "obama.jpg") as photo:
        photo.crop((330, 40, 660, 480)).save(tmp_path / "face.jpg")
    return tmp_path


def on_these_ports(text: str, stack: Stack) -> str:
    for port, process in (("50051", stack.detector), ("50052", stack.embedder), ("50053", stack.catalog)):
        text = text.replace(f"localhost:{port}", process.target)
    return text


def commands_under(marker: str) -> str:
    """Return the block of commands under the comment that starts with `marker`."""
    (block,) = re.findall(rf"<!-- {marker}.*?-->\n```sh\n(.*?)```", README, re.DOTALL)
    return str(block)


def answers_to(marker: str, stack: Stack, folder: Path) -> tuple[str, list[Any]]:
    """Run the block of commands under the comment that starts with `marker`; return what it printed, and its JSON."""
    script = on_these_ports(commands_under(marker), stack)
    if shutil.which("grpcurl") is None:
        root = Path(__file__).parents[2]
        own = f'grpcurl() {{ PYTHONPATH="{root}" "{sys.executable}" -m tests.e2e.grpcurl "$@"; }}\n'
        script = own + script
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    decoder = json.JSONDecoder()
    answers = []
    text = done.stdout[done.stdout.index("{") :]
    while text:
        answer, end = decoder.raw_decode(text)
        answers.append(answer)
        text = text[end:].lstrip()
    return done.stdout, answers


def test_grpcurl_examples(stack: Stack, folder: Path) -> None:
    text, answers = answers_to("grpcurl", stack, folder)
    assert "albumen.catalog.v1.ImageService" in text
    detected, embedded, indexed, labels, listed, found, people, album, albums, *others = answers
    begun, operations, created, deleted = others
    assert {item["label"] for item in detected["objects"]} >= {"person", "tie"}
    assert "embedding" in embedded["results"][0]
    assert indexed["image"]["file_name"] == "photo.jpg"
    assert {"label": "tie", "image_count": 1} in labels["labels"]
    assert [image["name"] for image in listed["images"]] == [indexed["image"]["name"]]
    assert found["images"] == listed["images"]
    assert "people" not in people
    assert (album["album"]["image_count"], album["album"]["cover_image"]) == (1, indexed["image"]["name"])
    assert albums["albums"] == [album["album"]]
    assert begun["metadata"]["kind"] == "reclustering"
    assert [operation["name"] for operation in operations["operations"]] == [begun["name"]]
    assert created["library"]["name"] == "libraries/trip"
    assert deleted["library"]["name"] == "libraries/trip"


def test_corrections(stack: Stack, folder: Path) -> None:
    with grpc.insecure_channel(stack.catalog.target, options=DIRECT) as channel:
        for name in ("photo.jpg", "face.jpg"):
            content = (folder / name).read_bytes()
            ImageServiceStub(channel).IndexImageBytes(IndexImageBytesRequest(content=content), timeout=60)
    _, (found, verified, reassigned, undone, listed) = answers_to("corrections", stack, folder)
    (match,) = found["results"][0]["matches"]
    assert match["face"]["name"] != "libraries/default/faces/1"
    assert match["distance"] < 0.5
    assert verified["same_person"]
    assert verified["probability"] > 0.9
    assert reassigned["person"]["display_name"] == "Cousin Jo"
    assert reassigned["edit"]["name"] == undone["edit"]["name"] == listed["edits"][0]["name"]
    assert listed["edits"][0]["undone"]


def test_corrections_by_hand_can_be_pasted_one_after_the_other(stack: Stack, samples_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(samples_dir, tmp_path / ".albumen/samples")
    environment = {
        **os.environ,
        "ALBUMEN_CATALOG_TARGET": stack.catalog.target,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "COLUMNS": "120",
    }
    done = subprocess.run(
        ["bash", "-euxo", "pipefail", "-c", commands_under("by hand")],
        cwd=tmp_path,
        env=environment,
        stderr=subprocess.STDOUT,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    told = iter(done.stdout.splitlines())
    # Each after the one before.
    for line in (
        "1 person in 9 photos",
        " is Grandma  (4 faces in 4 photos)",
        "1 face of Grandma split off as Aunt Ida",
        "They are told apart already: nothing changes.",
        "Aunt Ida (1 face) merged into Grandma (3 faces)",
        "edit 3 undone: Aunt Ida (1 face) merged into Grandma (3 faces)",
        "Aunt Ida hidden",
        "No two people look as if they might be the same.",
        "is most like Grandma",
        "Nobody changed.",
        "holds nothing of what was erased",
    ):
        assert any(line in each for each in told), f"{line!r} is not told in its place:\n{done.stdout}"


def test_python_example(stack: Stack, folder: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", on_these_ports(example, stack)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "1 faces" in done.stdout
