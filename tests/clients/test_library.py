"""`albumen library`: libraries are listed, made, shown and erased."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from albumen.catalog.v1.library_pb2 import LIBRARY_STATE_UNAVAILABLE, Library
from tests.catalog.conftest import open_world
from tests.catalog.fake_vision import Script
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

TRIP = "libraries/trip"


@pytest.fixture
def trip(fake: FakeCatalog) -> Library:
    """A library with photos."""
    library = Library(name=TRIP, display_name="Our trip", image_count=12, face_count=1, person_count=4, etag="7")
    fake.state.libraries[TRIP] = library
    return library


def _rows(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


@pytest.mark.usefixtures("trip")
def test_libraries_are_listed_with_what_they_hold(run: Run, fake: FakeCatalog) -> None:
    broken = Library(name="libraries/worn", state=LIBRARY_STATE_UNAVAILABLE)
    broken.error.message = "Library 'worn' can't be used."
    fake.state.libraries[broken.name] = broken
    rows = _rows(run("library", "list").out)
    assert "id name photos faces people" in rows
    assert "default 0 0 0" in rows
    assert "trip Our trip 12 1 4" in rows
    assert "worn ? ? ?" in rows
    assert broken.error.message in rows


@pytest.mark.usefixtures("trip")
def test_libraries_are_listed_for_programs(run: Run) -> None:
    found = [json.loads(line) for line in run("library", "list", "--json").out.splitlines()]
    assert [library["name"] for library in found] == ["libraries/default", TRIP]
    assert found[1]["imageCount"] == 12
    assert json.loads(run("library", "show", "trip", "--json").out) == found[1]


@pytest.mark.parametrize("wrong", ["nowhere", "NO ID", ""])
def test_whatever_library_is_wrong_the_list_is_no_dead_end(run: Run, wrong: str) -> None:
    assert run("--library", wrong, "library", "list").exit_code == 0


@pytest.mark.usefixtures("trip")
def test_one_library_is_shown(run: Run) -> None:
    for words in (["library", "show", "trip"], ["--library", "trip", "library", "show"]):
        rows = _rows(run(*words).out)
        assert rows[0] == "trip (Our trip)"
        assert "photos 12" in rows
        assert "people 4" in rows


def test_a_library_is_made_with_its_name(run: Run, fake: FakeCatalog) -> None:
    made = run("library", "create", "trip", "--name", "Our trip")
    assert (made.exit_code, made.out.splitlines()[0]) == (0, "Library trip (Our trip) is there, and empty.")
    assert fake.state.libraries[TRIP].display_name == "Our trip"
    again = run("library", "create", "trip")
    assert again.exit_code == 1
    assert "LIBRARY_EXISTS" in again.err
    assert run("library", "create", "Our trip").exit_code == 2


@pytest.mark.usefixtures("trip")
def test_nothing_is_erased_unless_somebody_agrees(run: Run, fake: FakeCatalog) -> None:
    what = "library trip (Our trip): 12 photos, 1 face and 4 people."
    dry = run("library", "delete", "trip", "--dry-run")
    assert (dry.exit_code, dry.out) == (0, f"Would erase {what}\n")
    refused = run("library", "delete", "trip")
    assert refused.exit_code == 1
    assert refused.err.startswith(f"✗ Nobody is here to agree that this goes: {what}\n→ Say --yes")
    assert TRIP in fake.state.libraries
    erased = run("library", "delete", "trip", "--yes")
    assert (erased.exit_code, erased.out) == (0, f"Erased {what}\n")
    assert not fake.state.libraries
    assert "LIBRARY_NOT_FOUND" in run("library", "delete", "trip", "--yes").err


@pytest.mark.parametrize("answer", ["y", "n", "changed"])
def test_what_was_agreed_to_is_what_goes(
    run: Run, fake: FakeCatalog, trip: Library, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    asked: list[str] = []

    def confirm(question: str, *, abort: bool) -> None:
        assert abort
        asked.append(question)
        if answer == "n":
            raise typer.Abort
        if answer == "changed":
            trip.etag = "8"

    monkeypatch.setattr("typer.confirm", confirm)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    finished = run("library", "delete", "trip")
    assert "12 photos, 1 face and 4 people" in asked[0]
    assert finished.exit_code == (0 if answer == "y" else 1)
    assert (TRIP in fake.state.libraries) == (answer != "y")
    assert ("ETAG_MISMATCH" in finished.err) == (answer == "changed")


def test_a_library_that_can_not_be_opened_is_erased(run: Run, fake: FakeCatalog) -> None:
    fake.state.libraries[TRIP] = Library(name=TRIP, state=LIBRARY_STATE_UNAVAILABLE)
    erased = run("library", "delete", "trip", "--yes")
    assert erased.out == "Erased library trip: can't be opened, so nobody knows what it holds.\n"


async def test_a_real_catalog_does_what_is_told(tmp_path: Path) -> None:
    async with open_world(tmp_path / "libraries", Script()) as world:

        async def albumen(*words: str) -> str:
            environment = {**os.environ, "ALBUMEN_CATALOG_TARGET": world.target}
            command = [sys.executable, "-m", "clients.cli", *words]
            done = await asyncio.to_thread(
                subprocess.run, command, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
            return done.stdout + done.stderr

        assert "Library trip (Our trip) is there, and empty." in await albumen(
            "library", "create", "trip", "--name", "Our trip"
        )
        photo = world.script.photo("anna", "bob")
        await world.index(photo, "libraries/trip")
        assert "trip Our trip 1 2 0" in _rows(await albumen("library", "list"))
        assert "Erased library trip (Our trip): 1 photo, 2 faces and 0 people." in await albumen(
            "library", "delete", "trip", "--yes"
        )
        assert "LIBRARY_NOT_FOUND" in await albumen("--library", "trip", "people")
        assert not list((tmp_path / "libraries").glob("trip*"))
