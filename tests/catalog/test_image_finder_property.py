"""Filters and orders find what a plain look at every image finds, while images come and go."""

import contextlib
import operator
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.expressions.image_filter import image_condition
from services.catalog.expressions.order import ImageOrder, image_order
from services.catalog.filters import ImageFilter
from services.catalog.image_statements import NOTHING_SAID, Statements
from services.catalog.library import Library
from services.catalog.records import ImageRecord
from services.catalog.vocabulary import DetectedObject, Exif, Source
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.walking import walk

_START: Final = datetime(1969, 12, 30)  # noqa: DTZ001 - of a camera's clock
_LABELS: Final = ("cat", "dog")
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
Meets = Callable[[ImageRecord], bool]


@dataclass(frozen=True)
class Photo:
    day: int | None
    size: int
    camera: str | None
    latitude: float | None
    objects: tuple[tuple[str, float], ...]
    people: tuple[int, ...]
    said: Statements = NOTHING_SAID


@dataclass(frozen=True)
class Filter:
    """A filter, and what it means for one image; `{person}` stands for the name of somebody."""

    text: str
    meets: Meets


_PHOTOS = st.builds(
    Photo,
    day=st.none() | st.integers(0, 4),
    size=st.integers(1, 4),
    camera=st.sampled_from([None, "Canon", "canon eos", "Nikon_1"]),
    latitude=st.sampled_from([None, -10.5, 0.0, 45.25]),
    objects=st.lists(st.tuples(st.sampled_from(_LABELS), st.sampled_from([0.25, 0.5, 0.75])), max_size=3).map(tuple),
    people=st.lists(st.integers(0, 2), max_size=2, unique=True).map(tuple),
    said=st.builds(
        Statements,
        favorite=st.booleans(),
        rating=st.integers(0, 5),
        description=st.sampled_from(["", "A dog\nat the Sea", "100% fun_"]),
        tags=st.sampled_from([(), ("Beach",), ("Beach House", "dog"), ("été",)]),
    ),
)


def _numbers(name: str, value_of: Callable[[ImageRecord], int]) -> st.SearchStrategy[Filter]:
    def made(compare: str, value: int) -> Filter:
        return Filter(f"{name} {compare} {value}", lambda image: _COMPARE[compare](value_of(image), value))

    return st.builds(made, st.sampled_from([*_COMPARE]), st.integers(0, 4))


def _on_day(compare: str, day: int) -> Filter:
    start = _START + timedelta(days=day)

    def meets(image: ImageRecord) -> bool:
        time = image.exif.capture_time
        # Days are compared, not moments.
        return time is not None and _COMPARE[compare](time.date(), start.date())

    return Filter(f"capture_time {compare} {start.date()}", meets)


def _scored(label: str, compare: str, score: float) -> Filter:
    def meets(image: ImageRecord) -> bool:
        best = max((found.score for found in image.objects if found.label == label), default=None)
        return best is not None and _COMPARE[compare](best, score)

    return Filter(f"objects.{label} {compare} {score}", meets)


def _written(pattern: str) -> Filter:
    wanted = re.compile(pattern.replace("*", ".*"), re.IGNORECASE)
    return Filter(
        f'camera.make = "{pattern}"',
        lambda image: image.exif.camera_make is not None and bool(wanted.fullmatch(image.exif.camera_make)),
    )


def _on_map(south: float, north: float) -> Filter:
    return Filter(
        f"within({south}, -180, {north}, 180)",
        lambda image: image.exif.latitude is not None and south <= image.exif.latitude <= north,
    )


def _names(image: ImageRecord) -> set[str]:
    """Return what an image is called, and was when it was indexed."""
    return {image.file_name, *(uri.removeprefix("file:///") for uri in image.source_uris)}


_OTHERS: Final = (
    Filter("objects:cat", lambda image: any(found.label == "cat" for found in image.objects)),
    Filter("objects:unicorn", lambda _: False),
    Filter("objects:*", lambda image: bool(image.objects)),
    Filter("location:*", lambda image: image.exif.latitude is not None),
    Filter("capture_time:*", lambda image: image.exif.capture_time is not None),
    Filter("file_name:P1", lambda image: any("p1" in name for name in _names(image))),
    Filter("file_name = p*1.jpg", lambda image: any(re.fullmatch(r"p.*1\.jpg", name) for name in _names(image))),
    Filter("source_uri = 'file:///p2.*'", lambda image: "file:///p2.jpg" in image.source_uris),
    Filter("file_name:_", lambda _: False),
    Filter(
        "dog",
        lambda image: (
            any(found.label == "dog" for found in image.objects)
            or "dog" in image.statements.tags
            or "dog" in image.statements.description
        ),
    ),
    Filter("people:*", lambda image: any(face.person_id for face in image.faces)),
    Filter("favorite = true", lambda image: image.statements.favorite),
    Filter("favorite != true", lambda image: not image.statements.favorite),
    Filter("rating:*", lambda image: image.statements.rating > 0),
    Filter("tags:beach", lambda image: "Beach" in image.statements.tags),
    Filter("tags:beach*", lambda image: any(tag.startswith("Beach") for tag in image.statements.tags)),
    Filter("tags:ÉTÉ", lambda image: "été" in image.statements.tags),
    Filter("tags:*", lambda image: bool(image.statements.tags)),
    Filter("description:sea", lambda image: "Sea" in image.statements.description),
    Filter('description:"0%"', lambda image: "0%" in image.statements.description),
    Filter("description:*", lambda image: image.statements.description != ""),
    Filter("fun_", lambda image: "fun_" in image.statements.description),
    Filter("house", lambda image: "Beach House" in image.statements.tags),
)
_LEAVES = st.one_of(
    _numbers("size_bytes", lambda image: image.size_bytes),
    _numbers("rating", lambda image: image.statements.rating),
    _numbers("face_count", lambda image: len(image.faces)),
    _numbers("person_count", lambda image: len({face.person_id for face in image.faces} - {None})),
    st.builds(_on_day, st.sampled_from([*_COMPARE]), st.integers(0, 4)),
    st.builds(_scored, st.sampled_from(_LABELS), st.sampled_from([*_COMPARE]), st.sampled_from([0.25, 0.5, 0.75])),
    st.builds(_written, st.sampled_from(["canon", "C*", "*o*", "nikon_1", "nikon%"])),
    st.builds(_on_map, st.sampled_from([-90.0, -5.0]), st.sampled_from([0.0, 50.0])),
    st.sampled_from(_OTHERS),
)


def _joined(parts: list[Filter], word: str, whole: Callable[[Any], bool]) -> Filter:
    text = word.join(f"({part.text})" for part in parts)
    return Filter(text, lambda image: whole(part.meets(image) for part in parts))


_FILTERS = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(parts, " AND ", all)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: _joined(parts, " OR ", any)),
        inner.map(lambda part: Filter(f"NOT ({part.text})", lambda image: not part.meets(image))),
    ),
    max_leaves=6,
)
_ORDERS: Final[dict[str, Callable[[ImageRecord], Any]]] = {
    "": lambda _: 0,
    "capture_time": lambda image: image.exif.capture_time,
    "size_bytes": lambda image: image.size_bytes,
    "file_name": lambda image: image.file_name.casefold() or None,
}
_NAMES: Final = ("", "b.jpg", "B.jpg", "a.jpg", "Ärger.jpg", "ärger.JPG")


@given(
    photos=st.lists(_PHOTOS, min_size=2, max_size=8),
    filters=st.lists(_FILTERS, min_size=1, max_size=8),
    cut=st.integers(0, 8),
    deleted=st.sets(st.integers(0, 7), max_size=3),
    said=st.lists(st.tuples(st.integers(0, 7), _PHOTOS), max_size=3),
    restored=st.sets(st.integers(0, 7), max_size=3),
    renamed=st.dictionaries(st.integers(0, 7), st.sampled_from(_NAMES), max_size=5),
    limit=st.integers(1, 4),
)
@settings(max_examples=8, deadline=None)
def test_every_filter_and_order_finds_what_a_look_at_everything_finds(
    photos: list[Photo],
    filters: list[Filter],
    cut: int,
    deleted: set[int],
    said: list[tuple[int, Photo]],
    restored: set[int],
    renamed: dict[int, str],
    limit: int,
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Library(Path(folder) / "a.duckdb", "a", trash=timedelta(days=1))) as library,
    ):
        _index(library, photos, range(min(cut, len(photos))))
        # What is held in memory is read now, and has to follow from here on.
        _check(library, filters[:1], limit)
        _index(library, photos, range(min(cut, len(photos)), len(photos)))
        for number, name in renamed.items():
            if number < len(photos):
                library.add_source(sha256(f"p{number}"), Source(f"file:///new{number}.jpg", name))
        for number in deleted:
            if number < len(photos):
                library.delete_image(sha256(f"p{number}"))
        for number, other in said:
            if number < len(photos):
                _say(library, number, other.said)
        _check(library, filters, limit)
        for number in restored & deleted:
            if number < len(photos):
                library.trash.undelete(sha256(f"p{number}"))
        _check(library, filters[-1:], limit)
        # The name of before is shown again.
        library.forget_sources([f"file:///new{number}.jpg" for number in renamed if number % 2])
        _check(library, filters[:1], limit)


def _index(library: Library, photos: list[Photo], numbers: range) -> None:
    for number in numbers:
        photo = photos[number]
        seen = analysis(f"p{number}", *(direction(0.01 * number, plane) for plane in photo.people))
        time = None if photo.day is None else _START + timedelta(days=photo.day, hours=7)
        place = (None, None) if photo.latitude is None else (photo.latitude, 10.0)
        library.add_image(
            replace(
                seen,
                size_bytes=photo.size,
                exif=Exif(time, None, photo.camera, None, *place),
                objects=tuple(replace(_object(label), score=score) for label, score in photo.objects),
            )
        )
        _say(library, number, photo.said)


def _say(library: Library, number: int, said: Statements) -> None:
    library.statements.update(sha256(f"p{number}"), lambda _: said)


def _object(label: str) -> DetectedObject:
    return analysis("any", labels=(label,)).objects[0]


def _check(library: Library, filters: list[Filter], limit: int) -> None:
    everything = list(library.list_images(ImageFilter(show_trashed=True), limit=1000).items)
    there = [image for image in everything if image.delete_time is None]
    assert list(library.list_images(limit=1000).items) == there
    trash = [
        Filter("trashed = true", lambda image: image.delete_time is not None),
        Filter("trashed = false OR rating:*", lambda image: image.delete_time is None or image.statements.rating > 0),
    ]
    for wanted in [*filters, *trash]:
        condition = image_condition(wanted.text, lambda _, name: name)
        expected = [image for image in (everything if wanted in trash else there) if wanted.meets(image)]
        for name, value_of in _ORDERS.items():
            for descending in (False, True):
                order = image_order(f"{name or 'create_time'}{' desc' if descending else ''}")
                found = walk(
                    lambda after, order=order, condition=condition: library.list_images(  # type: ignore[misc]
                        ImageFilter(condition=condition), order, after=after, limit=limit
                    )
                )
                hashes = _ordered(expected, value_of, descending=descending)
                assert [image.sha256 for image in found] == hashes, (wanted.text, order)
                _check_back(library, ImageFilter(condition=condition), order, hashes, limit)


def _check_back(library: Library, wanted: ImageFilter, order: ImageOrder, hashes: list[str], limit: int) -> None:
    """Go back from the last image: what is before it comes, the nearest first."""
    keys = library.list_images(wanted, order, limit=1_000).keys
    if keys:
        before = walk(
            lambda after: library.list_images(
                wanted, order, after=keys[-1] if after is None else after, limit=limit, backward=True
            )
        )
        assert [image.sha256 for image in before] == hashes[-2::-1]


def _ordered(images: list[ImageRecord], value_of: Callable[[ImageRecord], Any], *, descending: bool) -> list[str]:
    """Return the hashes of images, which are in the order of their ids."""
    given_order = list(reversed(images)) if descending else images
    valued = [image for image in given_order if value_of(image) is not None]
    # Equal ones stay in the order in which they are, even if the sort is reversed.
    valued.sort(key=value_of, reverse=descending)
    return [image.sha256 for image in [*valued, *(image for image in given_order if value_of(image) is None)]]
