"""What no command takes, whatever it is for."""

import inspect
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from clients.cli.__main__ import COMMANDS, root
from clients.cli.commands.album.app import ALBUM_COMMANDS
from clients.cli.commands.operations import app as operations_app
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]
NO_TEXT = "q\udcffq"


def _parameters() -> list[Any]:
    found = []
    operations = [command.callback for command in operations_app.registered_commands if command.callback]
    commands: list[Callable[..., None]] = [root, *COMMANDS, *ALBUM_COMMANDS.values(), *operations]
    for command in commands:
        hints = get_type_hints(command, include_extras=True)
        for name in inspect.signature(command).parameters:
            kind, *extras = get_args(hints[name]) or (hints[name],)
            types = {kind, *get_args(kind)}
            about = [extra for extra in extras if type(extra).__name__ in ("OptionInfo", "ArgumentInfo")]
            found += [pytest.param(types, each, id=f"{command.__name__}-{name}") for each in about]
    return found


@pytest.mark.parametrize(("types", "about"), _parameters())
def test_every_argument_of_every_command_is_checked(types: set[Any], about: Any) -> None:
    if types & {str, list[str], Path, list[Path]}:
        assert about.parser is not None or about.exists
    elif types & {int, float}:
        assert about.min is not None
        assert about.max is not None


@pytest.mark.parametrize(
    "arguments",
    [
        ["index", ""],
        ["forget", "-y", ""],
        ["forget", "-y", ".", ""],
        ["report", "-o", ""],
        ["show", "a.jpg", "-o", ""],
        ["search", ""],
        ["up", "--log-dir", ""],
    ],
)
def test_an_empty_path_is_not_the_current_folder(
    run: Run, fake: FakeCatalog, photo: Photo, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    gone = photo("photos/a.jpg")
    photo("photos/b.jpg", (1, 2, 3))
    assert run("index", str(gone.parent)).exit_code == 0
    gone.unlink()
    monkeypatch.chdir(gone.parent)
    assert run(*arguments).exit_code == 2
    assert len(fake.state.sources) == 2
    assert os.listdir() == ["b.jpg"]  # noqa: PTH208 - names are all that is wanted


@pytest.mark.parametrize(
    "arguments",
    [
        ["name", "Anna", NO_TEXT],
        ["name", NO_TEXT, "Anna"],
        ["images", "--label", NO_TEXT],
        ["images", "--person", NO_TEXT],
        ["hide", NO_TEXT],
        ["merge", "Anna", NO_TEXT],
        ["separate", "Anna", NO_TEXT],
        ["split", "Anna", "a.jpg", "--name", NO_TEXT],
        ["undo", NO_TEXT],
        ["--library", NO_TEXT, "people"],
        ["--catalog", f"{NO_TEXT}:1", "people"],
        ["up", "--catalog-listen", f"{NO_TEXT}:1"],
    ],
)
def test_bytes_that_are_no_text_are_wrong_use(run: Run, fake: FakeCatalog, arguments: list[str]) -> None:
    fake.add_person("aa11", "Anna")
    finished = run(*arguments)
    assert finished.exit_code == 2
    assert "is not UTF-8 text.\n→ Type it in UTF-8.\n" in finished.err
    assert not fake.state.edits


@pytest.mark.parametrize("name", ["ALBUMEN_LIBRARY", "ALBUMEN_CATALOG_TARGET"])
def test_bytes_that_are_no_text_in_the_environment_are_wrong_use(fake: FakeCatalog, name: str) -> None:
    environment = {**os.environb, b"ALBUMEN_CATALOG_TARGET": fake.target.encode(), name.encode(): b"\xff:1"}
    command = [sys.executable, "-m", "clients.cli", "people"]
    finished = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert finished.returncode == 2
    assert finished.stderr.count(b"\n") == 2


def test_a_file_may_have_any_bytes_in_its_name(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    path = photo(f"{NO_TEXT}.jpg")
    assert run("index", "--exclude", f"{NO_TEXT}.png", str(path)).exit_code == 0
    assert len(fake.state.images) == 1
    assert run("show", str(path), "-o", str(path.with_name("out.jpg"))).exit_code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["edits", "--limit", "99999999999999999999"],
        ["images", "--limit", "2147483648"],
        ["recluster", "--eps", "nan"],
        ["search", __file__, "--max-distance", "nan"],
        ["up", "--wait", "inf"],
        ["up", "--wait", "nan"],
    ],
)
def test_a_number_that_no_catalog_could_take_is_wrong_use(run: Run, arguments: list[str]) -> None:
    finished = run(*arguments)
    assert finished.exit_code == 2
    assert "Invalid value" in finished.err
