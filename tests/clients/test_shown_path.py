"""Files whose names no terminal can show are found by what is shown in their place."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Finished, Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.test_terminals import _albumen

Photo = Callable[..., Path]
SIGN = "\N{REPLACEMENT CHARACTER}"
NAMES = [b"caf\xe9.png", b"two\nlines.png", b"\x1b[31mred.png"]


@pytest.fixture(params=NAMES, ids=["no text", "a line break", "an escape"])
def odd(request: pytest.FixtureRequest, photo: Photo, run: Run) -> Path:
    """An indexed photo with an odd name in a folder with an odd name, beside one that is deleted later."""
    folder = os.fsencode(photo("start.png").parent) + b"/f\xe4lder"
    os.mkdir(folder)  # noqa: PTH102 - bytes
    path = Path(os.fsdecode(folder + b"/" + request.param))
    photo("start.png").rename(path)
    photo("other.png", (1, 2, 3)).rename(path.with_name("plain.png"))
    assert run("index", str(path.parent)).exit_code == 0
    return path


def _as_shown(path: Path) -> str:
    return "".join(character if character.isprintable() else SIGN for character in str(path))


def _first_line(finished: Finished) -> str:
    return finished.out.splitlines()[0]


def test_show_takes_a_name_and_a_path_as_they_are_shown(run: Run, odd: Path, tmp_path: Path) -> None:
    assert _as_shown(Path(odd.name)) in run("images").out
    output = ["-o", str(tmp_path / "out.png")]
    for text in (_as_shown(odd), _as_shown(Path(odd.name)), odd.name, str(odd)):
        assert run("show", text, *output).exit_code == 0, text


def test_forget_takes_a_path_as_it_is_shown(run: Run, fake: FakeCatalog, odd: Path) -> None:
    odd.unlink()
    listed = run("forget", "--dry-run", str(odd.parent)).out.splitlines()[0]
    assert listed == _as_shown(odd)
    assert "Forgot 1 place; 1 photo deleted" in run("forget", "--yes", listed).out
    assert [image.file_name for image in fake.state.images.values()] == ["plain.png"]
    (odd.parent / "plain.png").unlink()
    odd.parent.rmdir()
    forgotten = run("forget", "--yes", "--even-all", _as_shown(odd.parent))
    assert "Forgot 1 place; 1 photo deleted" in forgotten.out
    assert not fake.state.sources


def test_index_takes_a_path_as_it_is_shown(run: Run, fake: FakeCatalog, odd: Path) -> None:
    odd.write_bytes(b"x")
    told = _first_line(run("index", str(odd.parent)))
    assert told.startswith(f"• {_as_shown(odd)} The bytes are not an image.")
    assert _first_line(run("index", _as_shown(odd))) == told
    assert run("index", _as_shown(odd.parent)).exit_code == 3
    assert len(fake.state.images) == 2


def test_what_index_advises_for_an_odd_path_is_taken(run: Run, fake: FakeCatalog, odd: Path) -> None:
    odd.unlink()
    advised = run("index", str(odd.parent)).out.split("albumen forget ")[1].splitlines()[0].strip("'")
    assert run("forget", "--yes", advised).exit_code == 0
    assert len(fake.state.images) == 1


def test_names_that_are_shown_alike_are_listed_with_their_ids(run: Run, photo: Photo, tmp_path: Path) -> None:
    for number, name in enumerate((b"caf\xe9.png", b"caf\xe8.png")):
        path = photo(f"{number}.png", (number, 0, 0))
        path.rename(os.fsdecode(os.fsencode(path.parent) + b"/" + name))
    run("index", str(tmp_path))
    finished = run("show", str(tmp_path / f"caf{SIGN}.png"))
    assert finished.exit_code == 1
    assert "may mean 2 images" in finished.err


def test_a_terminal_with_few_letters_takes_what_it_shows(
    run: Run, fake: FakeCatalog, photo: Photo, tmp_path: Path
) -> None:
    photo("a.png").rename(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.png"))
    photo("плохой.png", (1, 2, 3))
    assert run("index", str(tmp_path)).exit_code == 0
    for name in ("caf?.png", "\\u043f\\u043b\\u043e\\u0445\\u043e\\u0439.png"):
        output = str(tmp_path / "out.jpg")
        done = _albumen("ascii", fake.target, "show", str(tmp_path / name), "-o", output, columns=200)
        assert done.returncode == 0, done.stderr
        assert name in done.stdout.decode("ascii")
