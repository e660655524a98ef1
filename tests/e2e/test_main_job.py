"""The main job on the sample photos: real processes, real weights, the command line that users have."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import grpc
import pytest

from albumen.catalog.v1 import image_service_pb2 as image_pb
from albumen.catalog.v1 import image_service_pb2_grpc as image_grpc
from albumen.catalog.v1 import people_service_pb2 as people_pb
from albumen.catalog.v1 import people_service_pb2_grpc as people_grpc
from services.common.wire.channel import DIRECT
from tests.e2e.conftest import Stack, free_ports
from tests.e2e.processes import albumen

SAME_MAN = {"obama.jpg", "obama2.jpg", "obama_partial_face.jpg", "obama_partial_face2.jpg"}
THINGS = {"person", "tie", "cat", "cup", "motorcycle"}


def indexed(target: str) -> dict[str, str]:
    """Return file name by image."""
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        images = image_grpc.ImageServiceStub(channel).ListImages(image_pb.ListImagesRequest(page_size=500)).images
        return {image.name: image.file_name for image in images}


def contents(target: str) -> tuple[dict[str, str], dict[str, str], set[str]]:
    """Return file name by image, person by file name (of photos with one face), and every label."""
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        images = image_grpc.ImageServiceStub(channel).ListImages(image_pb.ListImagesRequest()).images
        faces = people_grpc.PeopleServiceStub(channel).ListFaces(people_pb.ListFacesRequest(page_size=250)).faces
    files = indexed(target)
    people = {files[face.image]: face.person for face in faces}
    assert len(faces) == len(people)
    return files, people, {item.label for image in images for item in image.objects}


def test_samples_are_understood(stack: Stack, samples_dir: Path, tmp_path: Path) -> None:
    target = stack.catalog.target
    folder = shutil.copytree(samples_dir, tmp_path / "photos")
    (folder / "broken.jpg").write_bytes((folder / "obama.jpg").read_bytes()[:5000])
    (folder / "empty.png").write_bytes(b"")
    (folder / "text.jpg").write_text("not an image")

    first = albumen(target, "index", str(folder))
    assert first.returncode == 3, first.stdout + first.stderr
    for bad in ("broken.jpg", "empty.png", "text.jpg"):
        assert bad in first.stdout + first.stderr
    files, people, labels = contents(target)
    assert len(files) == 9
    assert labels >= THINGS
    (man,) = {people[file] for file in SAME_MAN}
    assert man
    others = {file: person for file, person in people.items() if file not in SAME_MAN}
    assert others.keys() == {"biden.jpg", "astronaut.png"}
    assert man not in others.values()
    assert others["biden.jpg"] == "" or others["biden.jpg"] != others["astronaut.png"]

    again = albumen(target, "index", str(folder))
    assert again.returncode == 3
    assert contents(target) == (files, people, labels)

    report = tmp_path / "report.html"
    assert albumen(target, "report", "-o", str(report)).returncode == 0
    assert report.read_text().count("data:image/") >= 9
    shown = albumen(target, "show", "obama.jpg", "-o", str(tmp_path / "shown.jpg"))
    assert shown.returncode == 0, shown.stderr
    assert (tmp_path / "shown.jpg").stat().st_size > 10_000


def test_files_are_edited_moved_deleted_and_forgotten(stack: Stack, samples_dir: Path, tmp_path: Path) -> None:
    target = stack.catalog.target
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("obama.jpg", "obama2.jpg", "biden.jpg", "astronaut.png"):
        shutil.copy(samples_dir / name, folder)
    assert albumen(target, "index", str(folder)).returncode == 0
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        (person,) = people_grpc.PeopleServiceStub(channel).ListPeople(people_pb.ListPeopleRequest()).people
    named = albumen(target, "name", person.name.rpartition("/")[2], "Barack")
    assert " undo 1\n" in named.stdout

    obama = (folder / "obama.jpg").read_bytes()
    # A comment changes the bytes and no pixel.
    (folder / "obama.jpg").write_bytes(obama[:2] + b"\xff\xfe\x00\x06note" + obama[2:])
    (folder / "biden.jpg").rename(folder / "joe.jpg")
    (folder / "astronaut.png").unlink()
    again = albumen(target, "index", str(folder))
    assert again.returncode == 0, again.stdout + again.stderr
    figures = [" ".join(line.split()) for line in again.stdout.splitlines()]
    for line in ("0 new", "1 known", "1 changed", "1 moved", "1 missing"):
        assert line in figures, again.stdout
    assert sorted(indexed(target).values()) == ["astronaut.png", "joe.jpg", "obama.jpg", "obama2.jpg"]
    people = albumen(target, "people").stdout
    assert "Barack" in people
    assert albumen(target, "show", "joe.jpg", "-o", str(tmp_path / "shown.jpg")).returncode == 0
    assert "1 photo deleted" in albumen(target, "forget", "--yes", str(folder)).stdout
    assert sorted(indexed(target).values()) == ["joe.jpg", "obama.jpg", "obama2.jpg"]
    unchanged = albumen(target, "index", str(folder)).stdout
    assert "3  known" in unchanged, unchanged

    shutil.rmtree(folder)
    folder.mkdir()
    assert albumen(target, "forget", "--yes", str(folder)).returncode == 4
    folder.rmdir()
    assert albumen(target, "index", str(folder)).returncode == 4
    assert len(indexed(target)) == 3


@pytest.mark.parametrize("service", ["detector", "embedder", "catalog"])
def test_killing_a_service_while_indexing_loses_nothing(
    stack: Stack, samples_dir: Path, tmp_path: Path, service: str
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(4):
        for photo in samples_dir.glob("*.jpg"):
            # Bytes after the end of a JPEG change its hash and not its pixels.
            (folder / f"{number}-{photo.name}").write_bytes(photo.read_bytes() + bytes([number]))
    target = stack.catalog.target
    victim = stack.services[service]
    indexing = subprocess.Popen(
        [sys.executable, "-m", "clients.cli", "--catalog", target, "index", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    acknowledged: set[str] = set()
    while len(acknowledged) < 5:
        acknowledged = set(indexed(target))
    victim.kill()
    victim.start().wait_until_serving()
    indexing.wait(90)
    assert acknowledged <= set(indexed(target))
    again = albumen(target, "index", str(folder))
    assert again.returncode == 0, again.stdout + again.stderr
    assert sorted(indexed(target).values()) == sorted(path.name for path in folder.iterdir())


def test_up_runs_a_command_and_stops_everything(tmp_path: Path, weights_dir: Path, samples_dir: Path) -> None:
    detector, embedder, catalog = (f"127.0.0.1:{port}" for port in free_ports(3))
    environment = {
        **os.environ,
        "ALBUMEN_CATALOG_LIBRARIES_DIR": str(tmp_path / "libraries"),
        "ALBUMEN_WEIGHTS_DIR": str(weights_dir),
        "ALBUMEN_DETECTOR_LISTEN": detector,
        "ALBUMEN_EMBEDDER_LISTEN": embedder,
        "ALBUMEN_CATALOG_LISTEN": catalog,
    }
    command = [sys.executable, "-m", "clients.cli"]
    done = subprocess.run(
        [*command, "up", "--log-dir", tmp_path, "--", *command, "index", samples_dir / "biden.jpg"],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env=environment,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for address in (detector, embedder, catalog):
        host, port = address.split(":")
        with socket.socket() as probe:
            assert probe.connect_ex((host, int(port))) != 0
