"""What `albumen index` does not say after a run that saw a part only."""

import os
from pathlib import Path

import pytest

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog
from tests.clients.indexing.test_run import Photo, counts_of, index, three_photos


@pytest.fixture
def folder(photo: Photo) -> Path:
    return three_photos(photo)


def test_ctrl_c_does_not_call_missing_what_may_only_have_moved(run: Run, fake: FakeCatalog, folder: Path) -> None:
    index(run, folder)
    for name in ("a", "b"):
        (folder / f"{name}.jpg").rename(folder / f"{name}2.jpg")
    fake.state.on_call = lambda calls: os.kill(os.getpid(), 2) if calls == 4 else None
    finished = run("index", "--in-flight", "1", str(folder))
    assert finished.exit_code == 130
    assert counts_of(finished) == {"known": 1, "moved": 1}


def test_a_run_over_another_folder_drops_no_photo_whose_file_has_not_come_yet(
    run: Run, fake: FakeCatalog, folder: Path, tmp_path: Path
) -> None:
    index(run, folder)
    uri, place = next(iter(fake.state.sources.items()))
    del fake.state.sources[uri]
    held = "x-albumen-moving:///elsewhere/a.jpg"
    place.uri = held
    fake.state.sources[held] = place
    fake.state.images[place.image].source_uris[:] = [held]
    other = tmp_path / "other"
    other.mkdir()
    index(run, other)
    assert held in fake.state.sources
    index(run, folder)
    assert held not in fake.state.sources
    assert uri in fake.state.sources
