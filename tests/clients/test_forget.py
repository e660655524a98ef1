import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


@pytest.fixture
def folder(run: Run, photo: Photo) -> Path:
    """Twelve photos in two folders, one of them in both."""
    for number in range(6):
        photo(f"photos/one/{number}.png", (number, 0, 0))
        photo(f"photos/two/{number}.png", (number, 1, 0) if number else (0, 0, 0))
    folder = photo("photos/one/0.png", (0, 0, 0)).parents[1]
    assert run("index", str(folder)).exit_code == 0
    return folder


def test_a_deleted_file_is_forgotten_on_purpose_only(run: Run, fake: FakeCatalog, folder: Path) -> None:
    (folder / "one/1.png").unlink()
    (folder / "two/0.png").unlink()
    dry = run("forget", "--dry-run", str(folder))
    assert dry.exit_code == 0
    assert dry.out.splitlines()[-1] == "Would forget 2 places; 1 photo deleted, with the faces in it."
    asked = run("forget", str(folder))
    assert asked.exit_code == 1
    assert "2 files are gone, and nobody is here to agree." in asked.err
    assert len(fake.state.sources) == 12
    finished = run("forget", "--yes", str(folder))
    assert finished.exit_code == 0
    assert sorted(finished.out.splitlines()[:2]) == [str(folder / "one/1.png"), str(folder / "two/0.png")]
    assert finished.out.splitlines()[-1] == "Forgot 2 places; 1 photo deleted, with the faces in it."
    assert (len(fake.state.sources), len(fake.state.images)) == (10, 10)
    assert run("forget", "--yes", str(folder)).out == "Nothing is gone: 10 files known.\n"


def test_only_what_is_under_the_paths_is_forgotten(run: Run, fake: FakeCatalog, folder: Path) -> None:
    (folder / "one/1.png").unlink()
    (folder / "one/2.png").unlink()
    (folder / "two/1.png").unlink()
    assert run("forget", "-y", str(folder / "one/1.png"), str(folder / "two")).exit_code == 0
    assert (folder / "one/2.png").as_uri() in fake.state.sources
    assert len(fake.state.sources) == 10
    assert run("forget", "-y").exit_code == 0
    assert len(fake.state.sources) == 9


def test_a_deleted_folder_in_a_living_one_is_forgotten(run: Run, fake: FakeCatalog, folder: Path) -> None:
    shutil.rmtree(folder / "one")
    assert run("forget", "-y", str(folder)).exit_code == 0
    assert (len(fake.state.sources), len(fake.state.images)) == (6, 6)


@pytest.mark.parametrize("how", ["gone", "empty", "empty inside", "everywhere"])
def test_a_drive_that_is_away_is_not_forgotten(run: Run, fake: FakeCatalog, folder: Path, how: str) -> None:
    paths = [] if how == "everywhere" else [str(folder)]
    away = folder / "one" if how == "empty inside" else folder
    shutil.rmtree(away)
    if how.startswith("empty"):
        away.mkdir()
    refused = run("forget", "--yes", *paths)
    assert refused.exit_code == 4
    assert "SOURCE_VANISHED" in refused.err
    assert f"{away} is {'empty' if how.startswith('empty') else 'not there'}, where " in refused.err
    assert refused.err.endswith(f" for good: albumen forget --even-all {away}\n")
    assert (len(fake.state.sources), len(fake.state.images)) == (12, 11)
    # The command that was told.
    assert run("forget", "--yes", "--even-all", str(away)).exit_code == 0
    assert len(fake.state.sources) == (6 if how == "empty inside" else 0)


def test_a_deleted_folder_is_not_forgotten_unless_a_folder_above_it_was_named(
    run: Run, fake: FakeCatalog, folder: Path
) -> None:
    shutil.rmtree(folder / "one")
    for paths in ([], [str(folder / "one")]):
        refused = run("forget", "--yes", *paths)
        assert refused.exit_code == 4
        assert f"{folder / 'one'} is not there, where 6 files are known.  SOURCE_VANISHED" in refused.err
        assert len(fake.state.sources) == 12
    assert run("forget", "--yes", str(folder)).exit_code == 0
    assert len(fake.state.sources) == 6


def test_several_drives_that_are_away_are_told_at_once(run: Run, fake: FakeCatalog, folder: Path) -> None:
    for name in ("one", "two"):
        shutil.rmtree(folder / name)
        (folder / name).mkdir()
    refused = run("forget", "--yes")
    assert refused.exit_code == 4
    one, two, advice = refused.err.splitlines()
    assert one == f"✗ {folder}/one is empty, where 6 files are known.  SOURCE_VANISHED"
    assert two == f"  {folder}/two is empty, where 6 files are known"
    assert advice.endswith(f" for good: albumen forget --even-all {folder}/one {folder}/two")
    assert len(fake.state.sources) == 12
    assert run("forget", "--yes", "--even-all", str(folder / "one"), str(folder / "two")).exit_code == 0
    assert len(fake.state.sources) == 0


def test_a_file_whose_folder_is_gone_is_not_forgotten_by_its_name(run: Run, fake: FakeCatalog, folder: Path) -> None:
    shutil.rmtree(folder / "one")
    path = folder / "one/3.png"
    refused = run("forget", "--yes", str(path))
    assert refused.exit_code == 4
    assert f"{path.parent} is not there, where 1 file is known.  SOURCE_VANISHED" in refused.err
    # Of the folder, no more than what was named.
    assert refused.err.endswith(f" for good: albumen forget --even-all {path}\n")
    assert len(fake.state.sources) == 12
    assert run("forget", "--yes", "--even-all", str(path)).exit_code == 0
    assert len(fake.state.sources) == 11


def test_many_are_forgotten_in_batches_and_counted_in_all(run: Run, fake: FakeCatalog, folder: Path) -> None:
    (source,) = (source for uri, source in fake.state.sources.items() if uri.endswith("/one/5.png"))
    for number in range(2500):
        more = type(source)()
        more.CopyFrom(source)
        more.uri = (folder / f"one/gone-{number:04}.png").as_uri()
        fake.state.sources[more.uri] = more
    fake.state.page_size = 1000
    finished = run("forget", "--yes", str(folder))
    assert "and 2,450 more" in finished.out
    assert finished.out.splitlines()[-1] == "Forgot 2,500 places; no photo deleted."
    assert len(fake.state.sources) == 12
