"""Whatever becomes of the files of a folder: after a sync the library is equal to it, and nothing said is lost."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from services.catalog.catalog import Catalog
from services.common.errors import FailedPreconditionError, Reason
from tests.catalog.syncing.folders import Place, rate, rating, sha256, write

PATHS = ("a.jpg", "b.jpg", "c.jpg", "in/a.jpg", "in/b.jpg", "in-2/a.jpg", "in.jpg")
_PATH = st.sampled_from(PATHS)
_CONTENT = st.integers(0, 7)


def photo(number: int) -> bytes:
    # Some have the same size.
    return b"photo %d" % number + b"." * (number % 3)


class SyncMachine(RuleBasedStateMachine):
    """A user who works in a folder, and syncs it now and then.

    `known` is a model of what the library knows of the folder: path -> photo, and `lost` those that are missing.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.catalog = Catalog(self.folder / "libraries", trash=timedelta(days=30))
        (self.folder / "disk/photos").mkdir(parents=True)
        self.place = Place(self.catalog, self.folder / "disk/photos")
        self.clock = 1
        self.known: dict[str, int] = {}
        self.lost: set[str] = set()
        self.rated: dict[int, int] = {}
        # Files that stand at their place without being what is known there.
        self.blocked: set[str] = set()

    def teardown(self) -> None:
        self.catalog.close()
        shutil.rmtree(self.folder)

    @initialize(contents=st.lists(_CONTENT, min_size=3, max_size=3))
    def begin(self, contents: list[int]) -> None:
        for path, number in zip(PATHS, contents, strict=False):
            self.write(path, number)
        self.sync()

    @rule(path=_PATH, number=_CONTENT)
    def write(self, path: str, number: int) -> None:
        self.clear(path)
        write(self.root / path, photo(number), self.clock)
        self.clock += 1

    @rule(old=_PATH, new=_PATH)
    def move(self, old: str, new: str) -> None:
        if old in self.disk() and old != new:
            self.clear(new)
            (self.root / new).parent.mkdir(exist_ok=True)
            (self.root / old).rename(self.root / new)

    @rule(one=_PATH, other=_PATH)
    def swap(self, one: str, other: str) -> None:
        if one != other and {one, other} <= self.disk().keys():
            aside = self.root / "aside"
            (self.root / one).rename(aside)
            (self.root / other).rename(self.root / one)
            aside.rename(self.root / other)

    @rule(path=_PATH)
    def touch(self, path: str) -> None:
        if path in self.disk():
            write(self.root / path, (self.root / path).read_bytes(), self.clock)
            self.clock += 1

    @rule(path=_PATH)
    def delete(self, path: str) -> None:
        self.clear(path)

    @rule(path=_PATH)
    def put_a_link_that_leads_nowhere(self, path: str) -> None:
        self.clear(path)
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).symlink_to("nowhere")
        self.blocked.add(path)

    @rule(away=st.booleans())
    def move_a_folder_away_and_back(self, away: bool) -> None:
        inside, outside = self.root / "in", self.folder / "disk/in"
        if away and inside.exists() and not outside.exists():
            inside.rename(outside)
        elif not away and outside.exists() and not inside.exists():
            outside.rename(inside)
        self.blocked = {path for path in self.blocked if (self.root / path).is_symlink()}
        self.blocked |= {path for path in PATHS if (self.root / path).is_symlink()}

    @rule(number=_CONTENT, stars=st.integers(1, 5))
    def rate(self, number: int, stars: int) -> None:
        with self.place.library() as library:
            if library.find_image(sha256(photo(number))) is not None:
                rate(library, photo(number), stars)
                self.rated[number] = stars

    @rule()
    def sync(self) -> None:
        self.expect(self.place.sync(even_if_empty=True).counts.by_name())

    @rule(after=st.integers(0, 6))
    def give_up_a_sync(self, after: int) -> None:
        """What is done by then stays done, and the next one does the rest."""
        steps = self.place.begin(even_if_empty=True).steps()
        for _ in range(after):
            if next(steps, None) is None:
                break
        steps.close()
        self.check_ratings(self.disk())
        self.place.sync(even_if_empty=True)
        self.expect(None)

    @precondition(lambda self: self.known)
    @rule(empty=st.booleans())
    def unmount(self, empty: bool) -> None:
        before = self.place.places()
        away = self.root.rename(self.folder / "disk/away")
        if empty:
            self.root.mkdir()
        with pytest.raises(FailedPreconditionError) as caught:
            self.place.sync()
        assert caught.value.reason is (Reason.FOLDER_EMPTY if empty else Reason.FOLDER_UNAVAILABLE)
        if empty:
            self.root.rmdir()
        away.rename(self.root)
        assert self.place.places() == before

    @property
    def root(self) -> Path:
        return self.place.root

    def clear(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)
        self.blocked.discard(path)

    def disk(self) -> dict[str, int]:
        numbers = {photo(number): number for number in range(8)}
        return {path: numbers[(self.root / path).read_bytes()] for path in PATHS if (self.root / path).is_file()}

    def expect(self, counts: dict[str, int] | None) -> None:
        """Compare what the library knows with what it should, once a sync is over."""
        disk = self.disk()
        found = {number for path, number in disk.items() if self.known.get(path) != number}
        gone = {path: number for path, number in self.known.items() if path not in disk and path not in self.blocked}
        unread = {path: number for path, number in self.known.items() if path in self.blocked}
        lost = {path for path, number in gone.items() if number not in found}
        before, self.known = self.known, disk | unread | {path: gone[path] for path in lost}
        self.lost = lost | (self.lost & unread.keys())
        places = self.place.places()
        assert {path: place.image_sha256 for path, place in places.items()} == {
            path: sha256(photo(number)) for path, number in self.known.items()
        }
        assert self.place.missing() == self.lost
        if counts is not None:
            assert counts["file_count"] == len(disk)
            assert counts["missing_count"] == len(lost)
            assert counts["unchanged_count"] == sum(before.get(path) == number for path, number in disk.items())
            assert counts["failed_count"] == len(self.blocked)
        self.check_ratings(self.known)

    def check_ratings(self, known: dict[str, int]) -> None:
        """Nothing that was said of a photo is lost as long as it has a file, or had one that is missing."""
        with self.place.library() as library:
            for number in set(known.values()) & self.rated.keys():
                assert rating(library, photo(number)) == self.rated[number]
            # What replaced another photo may have what was said of that.
            for number in range(8):
                stars = rating(library, photo(number))
                if stars:
                    self.rated[number] = stars
                else:
                    self.rated.pop(number, None)


SyncMachine.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
test_a_sync_makes_the_library_equal_to_the_folder = SyncMachine.TestCase
