"""`albumen face`: faces are listed, and drawn where none was found."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.face_pb2 import FACE_ORIGIN_DETECTED, Face
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

BOX = BoundingBox(left=10, top=20, width=30, height=40)
PLACE = ("--box", "10,20,30,40")


@pytest.fixture
def file(photo: Callable[..., Path]) -> Path:
    return photo("one.jpg")


@pytest.fixture
def library(fake: FakeCatalog, file: Path, run: Run) -> FakeCatalog:
    anna = fake.add_person("aa11", "Anna")
    face = Face(person=anna.name, person_display_name="Anna", box=BoundingBox(left=1, top=2, width=3, height=4))
    face.score, face.quality_score, face.origin = 0.5, 0.25, FACE_ORIGIN_DETECTED
    fake.state.found_faces = {"one.jpg": [face]}
    assert run("index", str(file)).exit_code == 0
    return fake


def test_a_face_is_drawn_and_listed(run: Run, library: FakeCatalog, tmp_path: Path) -> None:
    finished = run("face", "draw", "one.jpg", *PLACE)
    assert finished.out.splitlines() == ["a face drawn", "Take it back: albumen undo 1"]
    (request,) = library.state.drawing.requests
    assert (request.box, request.content, request.WhichOneof("target")) == (BOX, b"", None)
    listed = [" ".join(line.split()) for line in run("face", "list", "one.jpg").out.splitlines()]
    assert any(line.endswith("1, 2 3\N{MULTIPLICATION SIGN}4 Anna 0.50 0.25") for line in listed)
    assert any("10, 20 30\N{MULTIPLICATION SIGN}40 (drawn by hand) 0.00 0.00" in line for line in listed)
    told = [json.loads(line) for line in run("face", "list", "one.jpg", "--json").out.splitlines()]
    assert [face["origin"] for face in told] == ["FACE_ORIGIN_DETECTED", "FACE_ORIGIN_DRAWN"]
    assert "face (drawn by hand)" in run("show", "one.jpg", "-o", str(tmp_path / "out.jpg")).out


def test_whose_a_drawn_face_is_can_be_said(run: Run, library: FakeCatalog) -> None:
    finished = run("face", "draw", "one.jpg", *PLACE, "--person", "anna")
    assert finished.out.splitlines()[0] == "a face of Anna drawn"
    assert run("face", "draw", "one.jpg", *PLACE, "--name", "Zoe").out.splitlines()[0] == "a face of Zoe drawn"
    run("face", "draw", "one.jpg", *PLACE, "--nobody")
    assert [request.WhichOneof("target") for request in library.state.drawing.requests] == [
        "person",
        "new_person",
        "nobody",
    ]
    library.state.drawing.looks_like = library.state.people["libraries/default/people/aa11"]
    assert run("face", "draw", "one.jpg", *PLACE).out.splitlines()[-1] == "It looks like Anna."
    assert "a face of Anna drawn" in run("edits").out


def test_a_rehearsal_draws_nothing(run: Run, library: FakeCatalog) -> None:
    before = dict(library.state.faces)
    assert run("face", "draw", "one.jpg", *PLACE, "--dry-run").out.startswith("Would do: a face drawn")
    assert library.state.faces == before


def test_the_photo_is_sent_where_the_catalog_has_none(run: Run, library: FakeCatalog, file: Path) -> None:
    library.state.drawing.has_pixels = False
    finished = run("face", "draw", "one.jpg", *PLACE)
    assert [request.content for request in library.state.drawing.requests] == [b"", file.read_bytes()]
    assert "The detector sees no face there" in finished.out
    content = file.read_bytes()
    file.unlink()
    refused = run("face", "draw", "one.jpg", *PLACE)
    assert (refused.exit_code, "its file is not here, either" in refused.err) == (1, True)
    assert "--photo FILE" in refused.err
    moved = file.with_name("moved.jpg")
    moved.write_bytes(content)
    assert run("face", "draw", "one.jpg", *PLACE, "--photo", str(moved)).exit_code == 0
    assert library.state.drawing.requests[-1].content == content
    moved.write_bytes(b"other")
    assert "SHA256_MISMATCH" in run("face", "draw", "one.jpg", *PLACE, "--photo", str(moved)).err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--box", "10,20,30"], "LEFT,TOP,WIDTH,HEIGHT"),
        (["--box", "a,b,c,d"], "LEFT,TOP,WIDTH,HEIGHT"),
        ([], "--box"),
        ([*PLACE, "--name", "Zoe", "--nobody"], "Say one of --person, --name and --nobody."),
        ([*PLACE, "--photo", "nowhere.jpg"], "nowhere.jpg"),
    ],
)
def test_what_can_not_be_meant(run: Run, library: FakeCatalog, words: list[str], told: str) -> None:
    finished = run("face", "draw", "one.jpg", *words)
    assert (finished.exit_code, told in " ".join(finished.err.split())) == (2, True)
    assert library.state.drawing.requests == []


def test_a_photo_without_faces_says_so(run: Run, fake: FakeCatalog, file: Path) -> None:
    run("index", str(file))
    assert "No face was found in one.jpg" in run("face", "list", "one.jpg").out
    assert fake.state.drawing.requests == []
