"""The commands that are advised can be pasted: they work in the catalog and the library of the one before."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.face_pb2 import Face
from albumen.catalog.v1.people_edit_service_pb2 import MergeSuggestion
from tests.clients.conftest import Finished, Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


@pytest.fixture
def library(fake: FakeCatalog, photo: Photo, run: Run, monkeypatch: pytest.MonkeyPatch) -> FakeCatalog:
    anna, other = fake.add_person("k3rvwc5lpa", "Anna"), fake.add_person("zz9plural0")
    fake.state.found_faces = {"a.png": [Face(person=anna.name)], "b.png": [Face(person=other.name)]}
    fake.state.suggestions = [MergeSuggestion(person=anna, other=other, probability=0.9)]
    assert run("index", str(photo("in/a.png")), str(photo("in/b.png", (1, 2, 3)))).exit_code == 0
    monkeypatch.delenv("ALBUMEN_CATALOG_TARGET")
    monkeypatch.setenv("COLUMNS", "40")
    return fake


def _advised(finished: Finished) -> list[list[str]]:
    """Return the words of every command that is advised; one that is broken over lines lacks some."""
    found = []
    for line in (finished.out + finished.err).splitlines():
        for part in line.replace("`", "  ").split("  "):
            before, _, words = part.partition("albumen ")
            if words and not before.strip("→ ").endswith(("with", "by")):
                found.append(shlex.split(words))
    return found


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["people"], ["name", "PERSON", "NAME"]),
        (["suggest"], ["merge", "k3rvwc5lpa", "zz9plural0"]),
        (["suggest"], ["separate", "k3rvwc5lpa", "zz9plural0"]),
        (["edits"], ["suggest"]),
        (["hide", "zz9p"], ["undo", "1"]),
        (["name", "nobody", "X"], ["people", "--all"]),
        (["show", "nothing.jpg"], ["images"]),
        (["show", "0" * 64], ["images"]),
        (["undo"], ["edits"]),
        (["split", "Anna", "b.png"], ["images", "--person", "k3rvwc5lpa"]),
    ],
)
def test_an_advised_command_has_the_options_that_were_given(
    run: Run, library: FakeCatalog, arguments: list[str], words: list[str]
) -> None:
    given = ["--catalog", library.target, "--library", "default"]
    assert [*given, *words] in _advised(run(*given, *arguments))


@pytest.mark.parametrize(
    ("arguments", "advised"),
    [
        (["--library", "nowhere", "people"], [["library", "list"], ["library", "create", "LIBRARY"]]),
        (["--library", "NOWHERE", "people"], [["library", "list"]]),
        (["library", "show", "nowhere"], [["library", "list"], ["library", "create", "LIBRARY"]]),
        (["library", "list"], [["library", "create", "LIBRARY"], ["--library", "LIBRARY", "people"]]),
        (["--library", "other", "library", "create", "trip"], [["--library", "trip", "index", "~/Pictures"]]),
    ],
)
def test_what_is_advised_of_libraries_is_about_none_that_is_not_meant(
    run: Run, library: FakeCatalog, arguments: list[str], advised: list[list[str]]
) -> None:
    given = ["--catalog", library.target]
    assert _advised(run(*given, *arguments)) == [[*given, *words] for words in advised]


def test_what_index_advises_can_be_pasted(run: Run, library: FakeCatalog, tmp_path: Path, photo: Photo) -> None:
    given = ["--catalog", library.target]
    photo("in/c.png", (7, 7, 7))
    (tmp_path / "in/b.png").unlink()
    indexed = run(*given, "index", str(tmp_path / "in"))
    people, report, forget = [*given, "people"], [*given, "report"], [*given, "forget", str(tmp_path / "in")]
    assert _advised(indexed) == [forget, people, report]
    assert run(*people).exit_code == 0
    (tmp_path / "in/a.png").unlink()
    (tmp_path / "in/c.png").unlink()
    (vanished,) = _advised(run(*given, "forget", str(tmp_path / "in")))
    assert vanished == [*given, "forget", "--even-all", str(tmp_path / "in")]


def test_a_script_can_do_without_advice(run: Run, library: FakeCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ["--catalog", library.target]
    monkeypatch.setenv("ALBUMEN_ADVICE", "off")
    assert _advised(run(*given, "people")) == _advised(run(*given, "suggest")) == []
    # What helps after a failure stays.
    assert _advised(run(*given, "undo", "7")) == [[*given, "edits"]]


def test_what_the_environment_says_is_not_repeated(
    run: Run, library: FakeCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALBUMEN_CATALOG_TARGET", library.target)
    assert ["name", "PERSON", "NAME"] in _advised(run("people"))


def test_the_services_are_started_where_the_catalog_was_looked_for(run: Run, library: FakeCatalog) -> None:
    library.close()
    assert f"`albumen up --catalog-listen {library.target}`" in run("--catalog", library.target, "people").err
