import json
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.face_pb2 import Face
from albumen.types.v1.detection_pb2 import ObjectDetection
from albumen.types.v1.geometry_pb2 import BoundingBox
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.fake_state import PARENT

Photo = Callable[..., Path]


@pytest.fixture
def library(fake: FakeCatalog, photo: Photo, run: Run) -> FakeCatalog:
    """Two people, one of them without a name, in three photos."""
    anna, other = fake.add_person("aa11", "Anna"), fake.add_person("ab22", faces=1)
    fake.add_person("cc33", "Ghost", hidden=True)
    box = BoundingBox(left=10, top=10, width=20, height=20)
    cat = ObjectDetection(label="cat", score=0.9, box=box)
    tie = ObjectDetection(label="tie", score=0.8, box=box)
    table = ObjectDetection(label="dining table", score=0.7, box=box)
    fake.state.objects = {"one.jpg": [cat, tie, cat], "two.jpg": [cat, table]}
    fake.state.found_faces = {
        "one.jpg": [Face(person=anna.name, box=box), Face(person=other.name, box=box)],
        "three.jpg": [Face(person=anna.name, box=box), Face(box=box)],
    }
    photos = [photo(f"{name}.jpg", (number * 80, 0, 0)) for number, name in enumerate(("one", "two", "three"))]
    assert run("index", "--in-flight", "1", *map(str, photos)).exit_code == 0
    return fake


@pytest.mark.usefixtures("library")
def test_images_lists_what_is_in_them(run: Run) -> None:
    rows = [" ".join(line.split()) for line in run("images").out.splitlines()]
    assert any(row.endswith("one.jpg 64×48 cat ×2, tie 2 Anna, person ab22") for row in rows)  # noqa: RUF001
    assert any(row.endswith("three.jpg 64×48 2 Anna") for row in rows)  # noqa: RUF001
    limited = run("images", "--limit", "1").out
    assert "one.jpg" in limited
    assert "three.jpg" not in limited
    assert "There are more" in limited


@pytest.mark.parametrize(
    ("options", "names"),
    [
        (["--label", "cat"], ["one.jpg", "two.jpg"]),
        (["--label", "cat", "--label", "tie"], ["one.jpg"]),
        (["--person", "anna"], ["one.jpg", "three.jpg"]),
        (["--person", "ab22"], ["one.jpg"]),
        (["--person", "Anna", "--label", "dog"], []),
    ],
)
@pytest.mark.usefixtures("library")
def test_images_can_be_filtered(run: Run, options: list[str], names: list[str]) -> None:
    lines = run("images", "--json", *options).out.splitlines()
    assert [json.loads(line)["fileName"] for line in lines] == names


@pytest.mark.usefixtures("library")
@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("cats", "'cats': did you mean 'cat'? `albumen labels` lists all."),
        ("Cat", "'Cat': did you mean 'cat'? `albumen labels` lists all."),
        ("table", "'table': did you mean 'dining table'? `albumen labels` lists all."),
        ("xylophone", "'xylophone': no object is labelled so in this library. `albumen labels` lists all."),
    ],
)
def test_a_label_that_nothing_has_is_told_with_those_that_are_near(run: Run, label: str, told: str) -> None:
    finished = run("images", "--label", label, "--label", "tie")
    assert (finished.exit_code, finished.out.splitlines()) == (0, ["No image matches.", told])
    # What a program reads is JSON and nothing else.
    for_programs = run("images", "--json", "--label", label)
    assert (for_programs.exit_code, for_programs.out, for_programs.err.splitlines()) == (0, "", [told])


@pytest.mark.usefixtures("library")
def test_labels_are_listed_with_those_of_most_photos_first(run: Run) -> None:
    lines = [" ".join(line.split()) for line in run("labels").out.splitlines()]
    assert [line for line in lines if line[-1:].isdigit()] == ["cat 2", "dining table 1", "tie 1"]
    assert lines[-1] == "Photos with one: albumen images --label cat"
    listed = [json.loads(line) for line in run("labels", "--json").out.splitlines()]
    assert listed[0] == {"label": "cat", "imageCount": 2}


def test_a_library_without_labels_says_why(run: Run, photo: Callable[..., Path]) -> None:
    assert "No image is indexed yet: try `albumen index ~/Pictures`." in run("labels").out
    run("index", str(photo("plain.jpg")))
    assert run("labels").out == "No photo has an object that was recognised.\n"
    assert run("labels", "--json").out == ""


def test_people_are_listed_with_what_is_left_over(run: Run, library: FakeCatalog) -> None:
    library.state.faces["more"] = Face(name="more")
    library.state.faces["and more"] = Face(name="and more")
    finished = run("people")
    assert "Anna" in finished.out
    assert "no name yet" in finished.out
    assert "Ghost" not in finished.out
    assert "1 hidden person not shown: --all" in finished.out
    assert "1 face resembles nobody enough to be grouped." in finished.out
    assert "Ghost" in run("people", "--all").out
    names = [json.loads(line)["name"] for line in run("people", "--json").out.splitlines()]
    assert names == [f"{PARENT}/people/aa11", f"{PARENT}/people/ab22"]


def test_name_takes_an_id_its_start_or_the_current_name(run: Run, library: FakeCatalog) -> None:
    people = library.state.people
    library.add_person("dd44ee55ff")
    assert run("name", "dd44", "Dora").out.split("\n")[0] == "dd44ee55ff is Dora  (2 faces in 2 photos)"
    assert run("name", "ab22", "Bertil").out.split("\n")[0] == "ab22 is Bertil  (1 face in 1 photo)"
    assert run("name", "bertil", "Bo").exit_code == 0
    assert run("name", "aa11", "Anna Ö").exit_code == 0
    assert run("name", f"{PARENT}/people/cc33", "").exit_code == 0
    names = [people[f"{PARENT}/people/{key}"].display_name for key in ("aa11", "ab22", "cc33")]
    assert names == ["Anna Ö", "Bo", ""]


def test_name_lists_who_may_be_meant(run: Run, library: FakeCatalog) -> None:
    library.add_person("eeee5", "Eve")
    library.add_person("eeee6")
    finished = run("name", "eeee", "X")
    assert finished.exit_code == 1
    assert finished.err.splitlines() == [
        "✗ 'eeee' may mean 2 people.",
        "  eeee5  Eve",
        "  eeee6  (no name)",
        "→ Give more of the id.",
    ]
    assert "1 other person has this name too." in run("name", "ab22", "ANNA").out.splitlines()
    assert "may mean 2 people" in run("name", "anna", "X").err
    assert "Nobody is called 'zz'" in run("name", "zz", "X").err


def test_an_exact_name_goes_before_ids_that_begin_so(run: Run, fake: FakeCatalog) -> None:
    bo = fake.add_person("x1", "Bo")
    fake.add_person("boqueron")
    fake.add_person("x2", "bO")
    assert run("name", "Bo", "Bosse").exit_code == 0
    assert bo.display_name == "Bosse"
    assert run("name", "bo", "Bo").out.startswith("x2 is Bo ")
    assert run("name", "boqu", "Bea").out.startswith("boqueron is Bea ")


@pytest.mark.parametrize("typed", ["a", "ab2"])
def test_a_few_characters_of_an_id_rename_nobody(run: Run, library: FakeCatalog, typed: str) -> None:
    library.add_person("ab2345")
    del library.state.people[f"{PARENT}/people/ab22"], library.state.people[f"{PARENT}/people/aa11"]
    finished = run("name", typed, "X")
    assert finished.exit_code == 1
    assert finished.err.startswith(f"✗ Nobody is called '{typed}', and of an id, at least 4 characters are needed.\n")
    assert not library.state.edits


@pytest.mark.parametrize("typed", ["Jose\u0301", "José", "JOSE\u0301", " josé "])
def test_a_name_is_found_however_its_letters_are_written(run: Run, fake: FakeCatalog, typed: str) -> None:
    fake.add_person("x1", "José")
    assert run("name", typed, "Pepe").out.startswith("x1 is Pepe ")


def test_a_change_by_somebody_else_is_not_overwritten(run: Run, library: FakeCatalog) -> None:
    library.state.on_update = lambda person: setattr(person, "etag", "2")
    finished = run("name", "aa11", "X")
    assert finished.exit_code == 1
    assert "ETAG_MISMATCH" in finished.err
    assert library.state.people[f"{PARENT}/people/aa11"].display_name == "Anna"


@pytest.mark.usefixtures("library")
def test_what_is_typed_into_names_does_not_reach_the_terminal(run: Run) -> None:
    run("name", "aa11", "\x1b[31mRed[/]\n")
    out = run("people").out + run("images").out
    assert "\x1b[31m" not in out
    assert "\N{REPLACEMENT CHARACTER}[31mRed[/]\N{REPLACEMENT CHARACTER}" in out


@pytest.mark.parametrize("arguments", [["index"], ["index", "/does/not/exist"], ["images", "--limit", "0"], ["what"]])
def test_wrong_usage_exits_with_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["merge", "Anna", "Anna"],
        ["separate", "Anna"],
        ["separate", "Anna", "anna"],
        ["name", "Anna", "n" * 201],
        ["name", " ", "X"],
        ["images", "--person", ""],
        ["undo", "abc"],
        ["undo", ""],
        ["show", ""],
        ["--library", "a b", "people"],
    ],
)
@pytest.mark.usefixtures("library")
def test_arguments_that_no_catalog_could_take_exit_with_2(run: Run, arguments: list[str]) -> None:
    finished = run(*arguments)
    assert finished.exit_code == 2
    assert finished.err.startswith("✗ ")


def test_version(run: Run) -> None:
    assert run("--version").out.startswith("albumen 0.")
