"""A service that dies in the middle of a sync goes on with it, and indexes nothing twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.catalog import Catalog
from tests.catalog.leasing import LONG
from tests.catalog.syncing import killed_sync
from tests.catalog.syncing.folders import Place, rate, rating, write
from tools.protoc import ROOT


def run(folder: Path, where: str) -> tuple[int, list[str]]:
    """Sync in a process that dies there; return how it ended, and what it said."""
    command = [sys.executable, "-m", killed_sync.__name__, str(folder / "libraries"), str(folder / "photos"), where]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert ended.returncode in (0, -signal.SIGKILL), ended.stderr
    said = [line for line in ended.stdout.splitlines() if line.startswith(("photo", "succeeded"))]
    return ended.returncode, said


@pytest.mark.parametrize("where", ["0", "1", "13"])
def test_what_was_indexed_before_is_not_indexed_again(tmp_path: Path, where: str) -> None:
    for number in range(20):
        write(tmp_path / f"photos/{number % 3}/{number}.jpg", b"photo %d" % number, number)
    died, before = run(tmp_path, where)
    assert (died, len(before)) == (-signal.SIGKILL, int(where))
    ended, after = run(tmp_path, "nowhere")
    assert (ended, after[-1]) == (0, "succeeded 2")
    assert sorted(before + after[:-1]) == sorted(f"photo {number}" for number in range(20))


@pytest.mark.parametrize("where", ["settle", "mark"])
def test_moves_and_absences_are_written_as_if_nothing_had_happened(tmp_path: Path, where: str) -> None:
    photos = tmp_path / "photos"
    for number in range(6):
        write(photos / f"{number}.jpg", b"photo %d" % number, number)
    assert run(tmp_path, "nowhere")[0] == 0
    catalog = Catalog(tmp_path / "libraries")
    with Place(catalog, photos).library() as library:
        rate(library, b"photo 1", 4)
        rate(library, b"photo 2", 5)
    catalog.close()
    (photos / "0.jpg").rename(photos / "moved.jpg")
    (photos / "1.jpg").rename(photos / "aside.jpg")
    (photos / "2.jpg").rename(photos / "1.jpg")
    (photos / "aside.jpg").rename(photos / "2.jpg")
    (photos / "3.jpg").unlink()
    assert run(tmp_path, where)[0] == -signal.SIGKILL
    ended, said = run(tmp_path, "nowhere")
    assert (ended, said) == (0, ["succeeded 2"])
    catalog = Catalog(tmp_path / "libraries")
    place = Place(catalog, photos)
    assert place.places().keys() == {"moved.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"}
    assert place.missing() == {"3.jpg"}
    with place.library() as library:
        assert (rating(library, b"photo 1"), rating(library, b"photo 2")) == (4, 5)
    catalog.close()
