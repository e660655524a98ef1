import json
from collections.abc import Callable
from pathlib import Path

import pytest
from google.type.date_pb2 import Date

from albumen.catalog.v1.edit_pb2 import EDIT_KIND_MERGE, EDIT_KIND_REASSIGN, EDIT_KIND_UPDATE, Edit, PersonChange
from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.people_edit_service_pb2 import MergeSuggestion
from albumen.catalog.v1.search_service_pb2 import FaceMatch, FaceMatches, PersonMatch, PersonMatches, QueryFace
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli.edit_summary import describe_edit
from services.common.errors import InvalidArgumentError, Reason, UnavailableError
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.fake_state import PARENT

Photo = Callable[..., Path]
BOX = BoundingBox(left=10, top=20, width=30, height=40)


@pytest.fixture
def library(fake: FakeCatalog, photo: Photo, run: Run) -> FakeCatalog:
    """Anna in two photos, somebody in one, and Bob, of whom no photo is at hand."""
    anna, other = fake.add_person("aa11", "Anna"), fake.add_person("ab22", faces=1)
    fake.add_person("bb33", "Bob", faces=3)
    fake.state.found_faces = {
        "one.jpg": [Face(person=anna.name, box=BOX), Face(person=other.name, box=BOX)],
        "two.jpg": [Face(person=anna.name, box=BOX)],
    }
    photos = [photo(f"{name}.jpg", (number * 80, 0, 0)) for number, name in enumerate(("one", "two"))]
    assert run("index", "--in-flight", "1", *map(str, photos)).exit_code == 0
    return fake


def test_merge_says_what_it_did_and_how_to_take_it_back(run: Run, library: FakeCatalog) -> None:
    finished = run("merge", "anna", "ab22", "Bob")
    assert finished.exit_code == 0
    assert finished.out.splitlines() == [
        "person ab22 (1 face) and Bob (3 faces) merged into Anna (2 faces)",
        "aa11  Anna  (6 faces in 2 photos)",
        "Take it back: albumen undo 1",
    ]
    assert list(library.state.people) == [f"{PARENT}/people/aa11"]


@pytest.mark.parametrize(
    ("command", "would"),
    [
        (("merge", "anna", "bob"), "Bob (3 faces) merged into Anna (2 faces)"),
        (("separate", "anna", "bob"), "Anna and Bob told apart"),
        (("split", "anna", "two.jpg", "--name", "Hanna"), "1 face of Anna split off as Hanna"),
    ],
)
def test_a_dry_run_changes_nothing(run: Run, library: FakeCatalog, command: tuple[str, ...], would: str) -> None:
    finished = run(*command, "--dry-run")
    assert finished.exit_code == 0
    assert finished.out == f"Would do: {would}\n"
    assert library.state.edits == []
    assert len(library.state.people) == 3


def test_split_takes_the_faces_in_some_photos(run: Run, library: FakeCatalog) -> None:
    finished = run("split", "anna", "two.jpg", "--name", "Hanna")
    assert finished.out.splitlines()[:2] == ["1 face of Anna split off as Hanna", "new1  Hanna  (1 face in 1 photo)"]
    assert [face.person.rpartition("/")[2] for face in library.state.faces.values()] == ["aa11", "ab22", "new1"]
    refused = run("split", "ab22", "two.jpg")
    assert refused.exit_code == 1
    assert "two.jpg does not show person ab22." in refused.err
    assert "albumen images --person ab22" in refused.err


def test_edits_are_listed_and_undone(run: Run, library: FakeCatalog) -> None:
    assert "Nothing was corrected yet" in run("edits").out
    assert "There is nothing to undo." in run("undo").err
    for other in ("ab22", "bob"):
        run("merge", "anna", other)
    run("split", "anna", "two.jpg")
    listed = [" ".join(line.split()) for line in run("edits").out.splitlines()]
    assert [line for line in listed if line[:1].isdigit()] == [
        f"{number} {line}"
        for number, line in (
            (3, f"{WHEN} 1 face of Anna split off as person new1 1"),
            (2, f"{WHEN} Bob (3 faces) merged into Anna (3 faces) 3"),
            (1, f"{WHEN} person ab22 (1 face) merged into Anna (2 faces) 1"),
        )
    ]
    assert "There are more: --limit 4" in run("edits", "--limit", "1").out
    assert [json.loads(line)["name"][-1] for line in run("edits", "--json").out.splitlines()] == ["3", "2", "1"]
    assert run("undo", "--dry-run").out == "edit 3 can be undone: 1 face of Anna split off as person new1\n"
    assert run("undo").out == "edit 3 undone: 1 face of Anna split off as person new1\n"
    assert run("undo", "1").out == "edit 1 undone: person ab22 (1 face) merged into Anna (2 faces)\n"
    assert run("undo").out.startswith("edit 2 undone")
    assert [edit.undone for edit in library.state.edits] == [True] * 3
    again = run("undo", "1")
    assert again.exit_code == 1
    assert "EDIT_UNDONE" in again.err
    assert "albumen edits" in again.err
    assert "There is no edit '9'." in run("undo", "9").err
    assert "undone" in run("edits").out
    assert "Take one back" not in run("edits").out


WHEN = "2023-11-14 22:13"


@pytest.fixture(autouse=True)
def utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    # Only a call of tzset makes the C library read it.
    import time

    time.tzset()


def test_whoever_inherits_a_name_is_not_called_so_before() -> None:
    people = [
        PersonChange(person="people/ab22", display_name_after="Joe", face_count_before=3, face_count_after=7),
        PersonChange(person="people/cd33", display_name_before="Joe", face_count_before=4),
    ]
    text = "Joe (4 faces) merged into person ab22 (3 faces), now named Joe"
    assert describe_edit(Edit(kind=EDIT_KIND_MERGE, face_count=4, people=people)) == text


def test_people_told_apart_are_said_to_be_so(run: Run, library: FakeCatalog) -> None:
    assert "Anna and Bob told apart" in run("separate", "Anna", "Bob").out
    again = run("separate", "Bob", "Anna")
    assert (again.exit_code, again.out) == (0, "They are told apart already: nothing changes.\n")
    assert len(library.state.edits) == 1
    rehearsed = run("merge", "Anna", "Bob", "ab22", "--dry-run")
    assert rehearsed.out.splitlines() == [
        "Would do: Bob (3 faces) and person ab22 (1 face) merged into Anna (2 faces)",
        "Anna and Bob were told apart.",
    ]
    assert "told apart" not in run("merge", "Anna", "ab22", "--dry-run").out


def test_suggestions_come_with_both_answers(run: Run, library: FakeCatalog) -> None:
    assert "No two people" in run("suggest").out
    people = library.state.people
    anna, other, bob = (people[f"{PARENT}/people/{key}"] for key in ("aa11", "ab22", "bb33"))
    library.state.suggestions = [
        MergeSuggestion(person=anna, other=other, probability=0.91),
        MergeSuggestion(person=bob, other=anna, probability=0.25),
    ]
    out = run("suggest").out
    assert [" ".join(line.split()) for line in out.splitlines() if "%" in line] == [
        "91% aa11 Anna 2 faces = ab22 1 face",
        "25% bb33 Bob 3 faces = aa11 Anna 2 faces",
    ]
    assert "albumen merge aa11 ab22" in out
    assert "albumen separate aa11 ab22" in out
    assert len(run("suggest", "--limit", "1", "--json").out.splitlines()) == 1
    assert run("separate", "aa11", "ab22").out.startswith("Anna and person ab22 told apart\n")


def test_search_tells_who_is_in_a_photo_and_where_else(run: Run, library: FakeCatalog, photo: Photo) -> None:
    anna = library.state.people[f"{PARENT}/people/aa11"]
    first = next(iter(library.state.faces.values()))
    here, there = QueryFace(box=BOX), QueryFace(box=BoundingBox(left=1, top=2, width=3, height=4))
    library.state.found_people = [
        PersonMatches(query=here, matches=[PersonMatch(person=anna, distance=0.123)]),
        PersonMatches(query=there),
    ]
    library.state.matching_faces = [
        FaceMatches(query=here, matches=[FaceMatch(face=first, distance=0.1)]),
        FaceMatches(query=there),
    ]
    wanted = photo("wanted.jpg", (1, 1, 1))
    finished = run("search", str(wanted), "--limit", "5", "--max-distance", "0.5")
    lines = [" ".join(line.split()) for line in finished.out.splitlines()]
    assert "Face 1 30×40 at 10, 20 is most like Anna 2 faces, distance 0.12" in lines  # noqa: RUF001
    assert any(line.startswith("0.10 Anna ") and line.endswith(" one.jpg") for line in lines)
    assert "Face 2 3×4 at 1, 2 is like nobody that is known" in lines  # noqa: RUF001
    people, faces = library.state.searched
    assert people.query.content == faces.query.content == wanted.read_bytes()
    assert (faces.max_results, faces.max_distance, people.max_distance) == (5, 0.5, 0.5)
    anna.hidden = True
    hidden = [" ".join(line.split()) for line in run("search", str(wanted)).out.splitlines()]
    assert any(line.startswith("0.10 (hidden) ") and line.endswith(" one.jpg") for line in hidden)
    # The photo itself is called as the user calls it, not as the newest of its files.
    twin = wanted.with_name("twin.jpg")
    twin.write_bytes((wanted.parent / "one.jpg").read_bytes())
    assert run("index", str(twin)).exit_code == 0
    assert "one.jpg" in run("search", str(wanted.parent / "one.jpg")).out
    assert "twin.jpg" in run("search", str(twin)).out
    answers = [json.loads(line) for line in run("search", str(wanted), "--json").out.splitlines()]
    assert [len(answer.get("matches", [])) for answer in answers] == [1, 0]


def test_search_sends_what_a_raised_limit_allows(run: Run, library: FakeCatalog, tmp_path: Path) -> None:
    with (tmp_path / "big.jpg").open("wb") as file:
        file.truncate(40 * 1024 * 1024)
    library.close()
    generous = FakeCatalog(max_image_bytes=64 * 1024 * 1024)
    try:
        finished = run("--catalog", generous.target, "search", str(tmp_path / "big.jpg"))
    finally:
        generous.close()
    assert (finished.exit_code, finished.out) == (0, "There is no face in this photo.\n")
    assert len(generous.state.searched[0].query.content) == 40 * 1024 * 1024


def test_a_photo_over_the_limit_is_told_with_both_settings(run: Run, library: FakeCatalog, tmp_path: Path) -> None:
    with (tmp_path / "big.jpg").open("wb") as file:
        file.truncate(80 * 1024 * 1024)
    finished = run("search", str(tmp_path / "big.jpg"))
    assert finished.exit_code == 1
    assert "IMAGE_TOO_LARGE" in finished.err
    assert "ALBUMEN_CATALOG_MAX_IMAGE_BYTES and ALBUMEN_DETECTOR_MAX_IMAGE_BYTES" in finished.err
    library.state.failures = [InvalidArgumentError(Reason.IMAGE_TOO_LARGE, "The image is larger than the limit.")]
    indexed = run("index", str(tmp_path / "big.jpg"))
    assert indexed.exit_code == 3
    assert "ALBUMEN_CATALOG_MAX_IMAGE_BYTES and ALBUMEN_DETECTOR_MAX_IMAGE_BYTES" in indexed.out


def test_a_full_disk_is_not_called_a_lock(run: Run, library: FakeCatalog, photo: Photo) -> None:
    message = "The library can't be used. Free space on its disk, then try again."
    library.state.always = UnavailableError(Reason.LIBRARY_UNAVAILABLE, message)
    for number in range(3):
        photo(f"more/{number}.png", (number, 9, 9))
    finished = run("index", "--in-flight", "4", str(photo("more/3.png").parent))
    assert finished.exit_code == 1
    assert f"Stopped: {message}" in finished.err
    assert "another program" not in finished.err.lower()


def test_a_name_can_be_taken_back_like_any_correction(run: Run, library: FakeCatalog) -> None:
    assert run("name", "anna", "Ann", "--dry-run").out == "Would do: Anna renamed Ann\n"
    assert library.state.edits == []
    assert run("name", "anna", "Ann").out.splitlines()[-1] == "Take it back: albumen undo 1"
    assert run("name", "ab22", "Bo").exit_code == 0
    assert run("hide", "Bob").out.splitlines() == [
        "Bob hidden",
        "bb33  Bob  (3 faces in 3 photos)",
        "Take it back: albumen undo 3",
    ]
    assert run("hide", "Bob").out == "Nothing changed: it was so already.\n"
    assert run("hide", "Bob", "--show").out.startswith("Bob shown again\n")
    assert run("name", "Ann", "").out.splitlines()[0].startswith("aa11 has no name now")
    listed = run("edits").out
    for text in ("Anna renamed Ann", "person ab22 named Bo", "Bob hidden", "Ann left without a name"):
        assert text in listed


def test_a_photo_without_faces_is_no_failure(run: Run, photo: Photo) -> None:
    finished = run("search", str(photo("empty.jpg")))
    assert (finished.exit_code, finished.out) == (0, "There is no face in this photo.\n")


def test_a_birth_date_is_described_with_the_faces_that_it_costs() -> None:
    born = PersonChange(person="p", display_name_before="Anna", display_name_after="Anna")
    born.birth_date_after.CopyFrom(Date(year=2023, month=6, day=1))
    born.face_count_before, born.face_count_after = 14, 1
    other = PersonChange(person="q", face_count_after=13)
    edit = Edit(kind=EDIT_KIND_UPDATE, people=[other, born])
    assert describe_edit(edit) == "Anna said to be born on 2023-06-01 (1 face instead of 14)"
    edit.people[1].face_count_after = 14
    assert describe_edit(edit) == "Anna said to be born on 2023-06-01"


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ([("Anna", 3, 2), ("Bob", 1, 2)], "1 face given to Bob"),
        ([("Anna", 3, 2)], "1 face taken from Anna"),
        ([], "1 face moved"),
    ],
)
def test_reassigned_faces_are_described(changes: list[tuple[str, int, int]], text: str) -> None:
    people = [
        PersonChange(person="p", display_name_before=name, face_count_before=before, face_count_after=after)
        for name, before, after in changes
    ]
    assert describe_edit(Edit(kind=EDIT_KIND_REASSIGN, face_count=1, people=people)) == text
