"""Photos that are held at places that are no file's, while files change names among each other."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from albumen.catalog.v1.image_pb2 import Source
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]
SCHEME = "x-albumen-moving:"


@pytest.fixture
def folder(run: Run, photo: Photo) -> Path:
    """Three photos, all indexed."""
    paths = [photo(f"photos/{name}.jpg", (number, 0, 0)) for number, name in ((50, "a"), (150, "b"), (250, "c"))]
    for number, path in enumerate(paths):
        os.utime(path, (0, 1_500_000_000 + number))
    folder = paths[0].parent
    assert run("index", str(folder)).exit_code == 0
    return folder


def _hold(fake: FakeCatalog, path: Path, *, moved_to: Path, beside: bool = False) -> str:
    """Hold the image of the file at `path`, beside the place that it has or in its stead; return where."""
    held = moved_to.as_uri().replace("file:", SCHEME, 1)
    place = Source()
    place.CopyFrom(fake.state.sources[path.as_uri()])
    place.uri = held
    fake.state.sources[held] = place
    if not beside:
        del fake.state.sources[path.as_uri()]
    homes = [each.uri for each in fake.state.sources.values() if each.image == place.image]
    fake.state.images[place.image].source_uris[:] = homes
    return held


def test_a_photo_held_by_a_run_under_way_is_not_let_go_of_by_another(
    run: Run, fake: FakeCatalog, folder: Path, photo: Photo
) -> None:
    """Its old place is still its own, but is about to be taken."""
    one, other = folder / "a.jpg", folder / "b.jpg"
    other.write_bytes(one.read_bytes())
    held = _hold(fake, one, moved_to=other, beside=True)
    assert run("index", str(photo("elsewhere/o.jpg", (9, 9, 9)).parent)).exit_code == 0
    assert run("forget", "--yes").exit_code == 0
    assert {one.as_uri(), held} <= set(fake.state.sources)


def test_an_interrupted_swap_keeps_both_photos_and_the_next_run_ends_it(
    run: Run, fake: FakeCatalog, folder: Path
) -> None:
    images = set(fake.state.images)
    one, other = folder / "a.jpg", folder / "b.jpg"
    one.rename(folder / "x")
    other.rename(one)
    (folder / "x").rename(other)
    calls = fake.state.calls
    # Two calls hold the photos, the third takes the first place.
    fake.state.on_call = lambda now: os.kill(os.getpid(), 2) if now == calls + 3 else None
    assert run("index", "--in-flight", "1", str(folder)).exit_code == 130
    assert set(fake.state.images) == images
    assert any(uri.startswith(SCHEME) for uri in fake.state.sources)
    fake.state.on_call = lambda _now: None
    assert run("index", str(folder)).exit_code == 0
    assert set(fake.state.images) == images
    assert sorted(fake.state.sources) == [(folder / f"{name}.jpg").as_uri() for name in "abc"]


@pytest.mark.parametrize("everywhere", [True, False])
def test_a_held_photo_whose_file_is_gone_is_forgotten(
    run: Run, fake: FakeCatalog, folder: Path, *, everywhere: bool
) -> None:
    held = _hold(fake, folder / "a.jpg", moved_to=folder / "gone.jpg")
    finished = run("forget", "--yes", *([] if everywhere else [str(folder)]))
    assert finished.exit_code == 0
    assert SCHEME not in finished.out
    assert held not in fake.state.sources
    assert len(fake.state.images) == 2


def test_where_a_photo_is_held_is_not_shown(run: Run, fake: FakeCatalog, folder: Path) -> None:
    _hold(fake, folder / "a.jpg", moved_to=folder / "gone.jpg")
    assert SCHEME not in run("images", "--json").out
    shown = run("show", "a.jpg")
    assert shown.exit_code == 1
    assert SCHEME not in shown.err
