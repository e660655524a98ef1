"""`albumen person` and `albumen compare`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.search_service_pb2 import VerifyFacesResponse
from albumen.types.v1.geometry_pb2 import BoundingBox
from services.common.errors import FailedPreconditionError, Reason, UnavailableError
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

BOX = BoundingBox(left=10, top=20, width=30, height=40)


@pytest.fixture
def library(fake: FakeCatalog, photo: Callable[..., Path], run: Run) -> FakeCatalog:
    """Anna in two photos, and a photo without anybody."""
    anna = fake.add_person("aa11", "Anna")
    fake.state.found_faces = {
        "one.jpg": [Face(person=anna.name, person_display_name="Anna", box=BOX, score=0.5)],
        "two.jpg": [Face(person=anna.name, box=BOX, score=0.5), Face(person=anna.name, box=BOX, score=0.9)],
    }
    photos = [photo(f"{name}.jpg", (number * 80, 0, 0)) for number, name in enumerate(("one", "two", "none"))]
    assert run("index", "--in-flight", "1", *map(str, photos)).exit_code == 0
    anna.cover_face = next(iter(fake.state.faces))
    return fake


@pytest.mark.usefixtures("library")
def test_what_is_said_of_a_person_is_shown_and_can_be_taken_back(run: Run) -> None:
    finished = run("person", "set", "anna", "--birth-date", "1984-03-21", "--favorite")
    assert finished.exit_code == 0
    assert finished.out.splitlines() == [
        "Anna made a favourite and said to be born on 1984-03-21",
        "aa11  Anna  (2 faces in 2 photos)",
        "Take it back: albumen undo 1",
    ]
    shown = [" ".join(line.split()) for line in run("person", "show", "anna").out.splitlines()]
    assert shown[:6] == [
        "Anna", "id aa11", "seen 2 faces in 2 photos", "born 1984-03-21", "favourite yes",
        "cover one.jpg (the best one)",
    ]  # fmt: skip
    person = json.loads(run("person", "show", "anna", "--json").out)
    assert (person["favorite"], person["birthDate"]) == (True, {"year": 1984, "month": 3, "day": 21})
    assert "Anna no favourite any more" in run("person", "set", "anna", "--no-favorite").out
    assert "Anna left without a birth date" in run("person", "set", "anna", "--birth-date", "").out
    assert "born" not in run("person", "show", "anna").out


def test_a_dry_run_changes_nothing(run: Run, library: FakeCatalog) -> None:
    finished = run("person", "set", "anna", "--favorite", "--dry-run")
    assert finished.out == "Would do: Anna made a favourite\n"
    assert not library.state.people["libraries/default/people/aa11"].favorite


def test_the_cover_is_the_best_face_of_the_person_in_the_photo(run: Run, library: FakeCatalog) -> None:
    assert "Anna shown by another face" in run("person", "set", "anna", "--cover", "two.jpg").out
    anna = library.state.people["libraries/default/people/aa11"]
    assert library.state.faces[anna.cover_face].score == pytest.approx(0.9)
    refused = run("person", "set", "anna", "--cover", "none.jpg")
    assert (refused.exit_code, "none.jpg does not show Anna." in refused.err) == (1, True)
    run("person", "set", "anna", "--cover", "")
    assert anna.cover_face == ""


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "Nothing is said of the person."),
        (["--birth-date", "21.3.1984"], "Write it as 1984-03-21."),
        (["--birth-date", "1984-02-30"], "Write it as 1984-03-21."),
    ],
)
@pytest.mark.usefixtures("library")
def test_what_can_not_be_said(run: Run, options: list[str], told: str) -> None:
    finished = run("person", "set", "anna", *options)
    assert (finished.exit_code, told in finished.err) == (2, True)


def test_favourites_are_listed_alone(run: Run, library: FakeCatalog) -> None:
    library.add_person("bb22", "Bob")
    assert run("people", "--favorites").out.splitlines()[0] == "No favourite yet."
    run("person", "set", "bob", "--favorite")
    listed = run("people", "--favorites").out
    assert ("Bob" in listed, "Anna" in listed, "\N{BLACK HEART SUIT}" in listed) == (True, False, True)
    assert [json.loads(line)["displayName"] for line in run("people", "--favorites", "--json").out.splitlines()] == [
        "Bob"
    ]


def test_two_photos_are_compared(run: Run, library: FakeCatalog) -> None:
    library.state.verified = VerifyFacesResponse(distance=0.31, probability=0.973, same_person=True)
    lines = [" ".join(line.split()) for line in run("compare", "one.jpg", "two.jpg").out.splitlines()]
    assert lines[:2] == [
        "97 % likely one person, at a distance of 0.31",
        "Albumen would put them together by itself.",
    ]
    assert any("one.jpg 10, 20 Anna" in line for line in lines)
    assert any("two.jpg 10, 20 aa11" in line for line in lines)
    library.state.verified = VerifyFacesResponse(distance=1.01, probability=1e-5)
    finished = run("compare", "one.jpg", "two.jpg")
    assert finished.out.splitlines()[:2] == [
        "less than 1 % likely one person, at a distance of 1.01",
        "Albumen would not put them together by itself.",
    ]
    told = json.loads(run("compare", "one.jpg", "two.jpg", "--json").out)
    assert (told["probability"], told["samePerson"]) == (1e-5, False)


def test_people_who_were_told_apart_are_said_to_stay_so(run: Run, library: FakeCatalog) -> None:
    library.state.verified = VerifyFacesResponse(distance=0.31, probability=0.973, same_person=True)
    other = library.add_person("bb22", "Bea").name
    for face in library.state.faces.values():
        if face.image == library.state.faces[next(reversed(library.state.faces))].image:
            face.person = other
    by_itself = "Albumen would put them together by itself."
    assert run("compare", "one.jpg", "two.jpg").out.splitlines()[1] == by_itself
    assert not library.state.edits
    assert run("separate", "Anna", "Bea").exit_code == 0
    apart = "They are told apart, and stay so; else Albumen would put them together."
    assert run("compare", "one.jpg", "two.jpg").out.splitlines()[1] == apart


def test_a_file_that_is_not_indexed_is_sent_and_compared(
    run: Run, library: FakeCatalog, photo: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    library.state.verified = VerifyFacesResponse(distance=0.31, probability=0.973, same_person=True)
    other = photo("elsewhere/other.jpg", (1, 2, 3))
    lines = [" ".join(line.split()) for line in run("compare", "one.jpg", str(other)).out.splitlines()]
    assert any("one.jpg 10, 20 Anna" in line for line in lines)
    assert any("(not indexed) other.jpg 1, 2" in line for line in lines)
    (request,) = library.state.compared
    assert request.second.content == other.read_bytes()
    assert request.first.WhichOneof("source") == "image"
    # What is indexed from a path is not sent, even by the name alone in its folder.
    monkeypatch.chdir(other.parent.parent)
    run("compare", "one.jpg", "two.jpg")
    sides = library.state.compared[1].first, library.state.compared[1].second
    assert [side.WhichOneof("source") for side in sides] == ["image", "image"]
    assert run("compare", "one.jpg", "nowhere.jpg").exit_code == 1
    library.state.broken["VerifyFaces"] = FailedPreconditionError(Reason.NO_FACE, "No face.", field="second.content")
    finished = run("compare", "one.jpg", str(other))
    assert (finished.exit_code, "other.jpg has no face to compare." in finished.err) == (1, True)


@pytest.mark.usefixtures("library")
def test_a_photo_without_a_face_can_not_be_compared(run: Run) -> None:
    for photos in (("one.jpg", "none.jpg"), ("none.jpg", "one.jpg")):
        finished = run("compare", *photos)
        assert (finished.exit_code, "NO_FACE" in finished.err) == (1, True)
        assert "none.jpg has no face to compare." in finished.err


def test_faces_are_rejected_and_had_back(run: Run, library: FakeCatalog) -> None:
    library.state.faces["libraries/default/faces/77"] = Face(
        name="libraries/default/faces/77", image=next(iter(library.state.images))
    )
    whole = dict(library.state.faces)
    assert run("reject", "one.jpg", "--dry-run").out == "Would do: 1 face rejected\n"
    assert library.state.faces == whole
    assert run("reject", "one.jpg").out.splitlines() == ["1 face rejected", "Take it back: albumen undo 1"]
    finished = run("reject", "one.jpg", "--person", "anna")
    assert finished.out.splitlines()[0] == "1 face of Anna rejected"
    assert len(library.state.rejected) == 2
    refused = run("reject", "one.jpg")
    assert (refused.exit_code, "one.jpg has no such face." in refused.err) == (1, True)
    assert run("accept", "one.jpg").out.splitlines()[0] == "2 faces accepted again"
    assert library.state.faces == whole
    refused = run("accept", "one.jpg")
    assert (refused.exit_code, "No face of one.jpg was rejected." in refused.err) == (1, True)


def test_several_people_are_shown_and_whole_ids_ask_for_nobody_else(run: Run, library: FakeCatalog) -> None:
    cover = next(iter(library.state.faces))
    for identifier, name in (("k3rvwc5lpabc", "Bea"), ("k3rvwc5lpabd", "Cleo")):
        library.add_person(identifier, name).cover_face = cover
    shown = run("person", "show", "anna", "k3rvwc5lpabc", "k3rvwc5lpabc")
    assert shown.exit_code == 0
    assert [line for line in shown.out.splitlines() if line in {"Anna", "Bea", ""}] == ["Anna", "", "Bea"]
    assert shown.out.count("one.jpg") == 2
    # Whoever is called like an id is found as well.
    library.add_person("zz9", "abcdefghijkl").cover_face = cover
    assert "zz9" in run("person", "show", "abcdefghijkl").out
    refused = run("person", "show", "k3rvwc5lpabc", "k3rvwc5lpabz")
    assert (refused.exit_code, refused.out) == (1, "")
    # Of whole ids no list of everybody is needed.
    library.state.broken["ListPeople"] = UnavailableError(Reason.OVERLOADED, "Busy.")
    names = [
        json.loads(line)["displayName"]
        for line in run("person", "show", "k3rvwc5lpabd", "k3rvwc5lpabc", "--json").out.splitlines()
    ]
    assert names == ["Cleo", "Bea"]
