"""Albums hold what a plain list holds, while images are added, moved, removed, deleted and replaced."""

import contextlib
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.catalog.albums.members import AlbumPlace, Results
from services.catalog.albums.writer import AlbumChange
from services.catalog.expressions.order import BY_NAME, ImageOrder, OrderField
from services.catalog.filters import ImageFilter
from services.catalog.library import Library
from services.catalog.parts import ImageParts
from services.catalog.smart_filter import SmartFilter
from services.catalog.storage import album_images
from services.catalog.vocabulary import Source
from services.common.errors import AlbumenError, FailedPreconditionError, Reason
from tests.catalog.clustering.synthetic import analysis, sha256
from tests.catalog.walking import walk

_PHOTOS = st.integers(0, 9)
_ALBUMS = st.integers(0, 2)
_SOME = st.lists(_PHOTOS, min_size=1, max_size=4)


class Albums(RuleBasedStateMachine):
    """A library beside a plain model of it; an album is a list of photos, and photos are numbers."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = contextlib.ExitStack()
        self._path = Path(self._stack.enter_context(tempfile.TemporaryDirectory())) / "a.duckdb"
        self._library = Library(self._path, "a")
        self.photos: dict[int, str] = {}
        self.albums: dict[str, list[str]] = {}
        self.names: dict[str, str] = {}
        self.covers: dict[str, str | None] = {}
        self._edits = 0

    def teardown(self) -> None:
        self._library.close()
        self._stack.close()
        album_images.GAP = 2**32  # type: ignore[misc]

    @initialize(gap=st.sampled_from([2, 2**32]))
    def begin(self, gap: int) -> None:
        # With hardly any room between images, they get new places again and again.
        album_images.GAP = gap  # type: ignore[misc]
        for number in range(5):
            self.index(number)
        self.create(0)

    @rule(number=_PHOTOS)
    def index(self, number: int) -> None:
        if number not in self.photos:
            self.photos[number] = self._add(f"p{number}", number)

    @rule(number=_ALBUMS)
    def create(self, number: int) -> None:
        if len(self.albums) < 3:
            made = self._library.albums.write.create(AlbumChange(display_name=f"a{number}"))
            self.albums[made.id], self.names[made.id], self.covers[made.id] = [], f"a{number}", None

    @rule(album=_ALBUMS, photos=_SOME, beside=st.none() | _PHOTOS, before=st.booleans())
    def add(self, album: int, photos: list[int], beside: int | None, before: bool) -> None:
        self._change("add", album, photos, beside, before)

    @rule(album=_ALBUMS, photos=_SOME, beside=st.none() | _PHOTOS, before=st.booleans())
    def move(self, album: int, photos: list[int], beside: int | None, before: bool) -> None:
        if beside not in photos:
            self._change("move", album, photos, beside, before)

    @rule(album=_ALBUMS, photos=_SOME, rehearsed=st.booleans())
    def remove(self, album: int, photos: list[int], rehearsed: bool) -> None:
        if (key := self._album(album)) is None:
            return
        names = [self._name(photo) for photo in photos]
        _, results = self._library.albums.images.remove(key, names, validate_only=rehearsed)
        held = self.albums[key]
        assert _told(results) == [
            Reason.IMAGE_NOT_FOUND
            if name not in self.photos.values()
            else name in held and name not in names[:position]
            for position, name in enumerate(names)
        ]
        if not rehearsed:
            held[:] = [name for name in held if name not in names]
            if self.covers[key] in names:
                self.covers[key] = None

    @rule(album=_ALBUMS, photo=_PHOTOS)
    def choose_cover(self, album: int, photo: int) -> None:
        if (key := self._album(album)) is None:
            return
        name = self._name(photo)
        if name in self.albums[key]:
            self._library.albums.write.update(key, AlbumChange(cover=name))
            self.covers[key] = name
        else:
            with pytest.raises(FailedPreconditionError) as caught:
                self._library.albums.write.update(key, AlbumChange(cover=name))
            assert caught.value.reason is Reason.COVER_NOT_IN_ALBUM

    @rule(album=_ALBUMS)
    def delete_album(self, album: int) -> None:
        if (key := self._album(album)) is not None:
            self._library.albums.write.delete(key)
            del self.albums[key], self.names[key], self.covers[key]

    @rule(photo=_PHOTOS)
    def delete_image(self, photo: int) -> None:
        if photo in self.photos:
            gone = self.photos.pop(photo)
            self._library.delete_image(gone)
            for key, held in self.albums.items():
                held[:] = [name for name in held if name != gone]
                self.covers[key] = None if self.covers[key] == gone else self.covers[key]

    @rule(photo=_PHOTOS)
    def edit_file(self, photo: int) -> None:
        """Put other bytes in a photo's place, which then have the old ones' places in albums."""
        if photo in self.photos:
            self._edits += 1
            old, new = self.photos[photo], self._add(f"e{self._edits}", photo)
            self.photos[photo] = new
            for key, held in self.albums.items():
                held[:] = [new if name == old else name for name in held]
                self.covers[key] = new if self.covers[key] == old else self.covers[key]

    @rule()
    def open_again(self) -> None:
        self._library.close()
        self._library = Library(self._path, "a")

    @invariant()
    def albums_hold_what_lists_hold(self) -> None:
        found = {album.id: album for album in walk(self._page)}
        assert list(found) == sorted(self.albums, key=lambda key: (self.names[key], list(self.albums).index(key)))
        for key, held in self.albums.items():
            # One way at a time, for each is many pages.
            descending = len(held) % 2 == 1
            assert self._listed(key, descending=descending) == (held[::-1] if descending else held)
            cover = self.covers[key]
            assert (found[key].image_count, found[key].cover_sha256, found[key].cover_chosen) == (
                len(held),
                cover or (held[0] if held else None),
                cover is not None,
            )
        parts = ImageParts.ALBUMS
        albums = {image.sha256: image.albums for image in self._library.list_images(limit=99, parts=parts).items}
        assert albums == {
            name: tuple(key for key, held in self.albums.items() if name in held) for name in self.photos.values()
        }

    def _change(self, how: str, album: int, photos: list[int], beside: int | None, before: bool) -> None:
        if (key := self._album(album)) is None:
            return
        names, held = [self._name(photo) for photo in photos], self.albums[key]
        other = None if beside is None else self._name(beside)
        change: Any = getattr(self._library.albums.images, how)
        if other is not None and other not in held:
            with pytest.raises(FailedPreconditionError) as caught:
                change(key, names, AlbumPlace(other, before))
            assert caught.value.reason is Reason.IMAGE_NOT_IN_ALBUM
            return
        _, results = change(key, names, AlbumPlace(other, before))
        known = [name for name in dict.fromkeys(names) if name in self.photos.values()]
        there = set(held)
        if how == "add":
            changed = [name for name in known if name not in there]
        else:
            changed = [name for name in known if name in there]
            held[:] = [name for name in held if name not in changed]
        at = len(held) if other is None else held.index(other) + (not before)
        held[at:at] = changed
        expected: list[bool | Reason] = []
        for position, name in enumerate(names):
            if name not in self.photos.values():
                expected.append(Reason.IMAGE_NOT_FOUND)
            elif how == "move" and name not in there:
                expected.append(Reason.IMAGE_NOT_IN_ALBUM)
            else:
                expected.append(name in changed and name not in names[:position])
        assert _told(results) == expected

    def _album(self, number: int) -> str | None:
        return next(iter(list(self.albums)[number:]), None)

    def _name(self, photo: int) -> str:
        return self.photos.get(photo, sha256(f"unknown{photo}"))

    def _add(self, name: str, place: int) -> str:
        source = Source(f"file:///{place}.jpg", f"{place}.jpg")
        return self._library.add_image(replace(analysis(name), source=source)).image.sha256

    def _page(self, after: Any) -> Any:
        return self._library.albums.read.page(BY_NAME, after=after, limit=2)

    def _listed(self, key: str, *, descending: bool) -> list[str]:
        order = ImageOrder(OrderField.ALBUM, descending)
        found = walk(lambda after: self._library.list_images(ImageFilter(album_id=key), order, after=after, limit=2))
        return [image.sha256 for image in found]


def _told(results: Results) -> list[bool | Reason]:
    return [result.reason if isinstance(result, AlbumenError) else result for result in results]


TestAlbums = Albums.TestCase
TestAlbums.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)


def test_a_filter_is_stored_as_it_was_written() -> None:
    for smart in (SmartFilter(), SmartFilter(("a", "b"), "x", "albums"), SmartFilter(expression='"\\"')):
        assert smart.packed()
        assert SmartFilter.unpacked(smart.packed()) == smart
