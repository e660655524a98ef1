"""Counts of images are what a plain look at every image finds, under any filter, while images come and go."""

import contextlib
import math
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.columns.timeline import Granularity
from services.catalog.expressions.image_filter import image_condition
from services.catalog.expressions.order import image_order
from services.catalog.filters import ALL_PEOPLE, ImageFilter
from services.catalog.image_summary import Camera, Counted, Facet, Place, SummaryRequest
from services.catalog.library import Library
from services.catalog.records import ImageRecord
from services.catalog.vocabulary import Exif
from tests.catalog.clustering.synthetic import analysis, direction, sha256
from tests.catalog.walking import walk

_FILTERS: Final[dict[str, Callable[[ImageRecord], bool]]] = {
    "": lambda _: True,
    "objects:cat": lambda image: any(found.label == "cat" for found in image.objects),
    "size_bytes < 3": lambda image: image.size_bytes < 3,
    "NOT people:*": lambda image: not any(face.person_id for face in image.faces),
    "camera.make:can OR location:*": lambda image: (
        "can" in (image.exif.camera_make or "").casefold() or image.exif.latitude is not None
    ),
}
_TIMES: Final = st.builds(
    datetime,
    st.sampled_from([1832, 1969, 1970, 2024, 2025, 9999]),
    st.sampled_from([1, 2, 12]),
    st.sampled_from([1, 28]),
    st.sampled_from([0, 23]),
)
_SPANS: Final[dict[Granularity, Callable[[date], date]]] = {
    Granularity.YEAR: lambda day: day.replace(month=1, day=1),
    Granularity.MONTH: lambda day: day.replace(day=1),
    Granularity.DAY: lambda day: day,
}


@dataclass(frozen=True)
class Photo:
    time: datetime | None
    size: int
    mime_type: str
    camera: tuple[str | None, str | None]
    place: tuple[float, float] | None
    labels: tuple[str, ...]
    people: tuple[int, ...]


_PHOTOS = st.builds(
    Photo,
    time=st.none() | _TIMES,
    size=st.integers(1, 4),
    mime_type=st.sampled_from(["image/jpeg", "image/png"]),
    camera=st.tuples(st.sampled_from([None, "Canon", "canon"]), st.sampled_from([None, "R5"])),
    place=st.none()
    | st.tuples(
        st.sampled_from([-90.0, -33.7, 0.0, 0.1, 51.3, 90.0]), st.sampled_from([-180.0, -0.1, 0.0, 0.2, 180.0])
    ),
    labels=st.lists(st.sampled_from(["cat", "dog", "cup"]), max_size=2, unique=True).map(tuple),
    people=st.lists(st.integers(0, 3), max_size=3).map(tuple),
)
_REQUESTS = st.builds(
    SummaryRequest,
    facets=st.just(frozenset(Facet)),
    limit=st.integers(1, 4),
    first_day=st.none() | st.sampled_from([date(1969, 12, 28), date(2024, 2, 2)]),
    last_day=st.none() | st.sampled_from([date(2024, 12, 1), date(9999, 1, 1)]),
    cell_degrees=st.sampled_from([0.001, 0.3, 1.0, 90.0]),
)


@given(
    photos=st.lists(_PHOTOS, min_size=1, max_size=10),
    cut=st.integers(0, 10),
    deleted=st.sets(st.integers(0, 9), max_size=3),
    hidden=st.booleans(),
    requests=st.dictionaries(st.sampled_from([*_FILTERS]), _REQUESTS, min_size=1, max_size=2),
)
@settings(max_examples=8, deadline=None)
def test_counts_are_those_of_a_look_at_everything(
    photos: list[Photo], cut: int, deleted: set[int], hidden: bool, requests: dict[str, SummaryRequest]
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Library(Path(folder) / "a.duckdb", "a")) as library,
    ):
        _index(library, photos, range(min(cut, len(photos))))
        # What is held in memory is read now, and has to follow from here on.
        _check_summary(library, "", next(iter(requests.values())))
        _index(library, photos, range(min(cut, len(photos)), len(photos)))
        for number in deleted:
            if number < len(photos):
                library.delete_image(sha256(f"p{number}"))
        people = library.list_people(limit=100).items
        if hidden and people:
            library.edits.update(people[0].id, display_name="Ann", hidden=True)
        for expression, request in requests.items():
            _check_summary(library, expression, request)
            for granularity in Granularity:
                for oldest_first in (False, True):
                    _check_timeline(library, expression, granularity, oldest_first=oldest_first)


def _index(library: Library, photos: list[Photo], numbers: range) -> None:
    for number in numbers:
        photo = photos[number]
        faces = (direction(0.01 * number + 0.001 * place, plane) for place, plane in enumerate(photo.people))
        seen = analysis(f"p{number}", *faces, labels=photo.labels)
        exif = Exif(photo.time, None, *photo.camera, *(photo.place or (None, None)))
        library.add_image(replace(seen, size_bytes=photo.size, mime_type=photo.mime_type, exif=exif))


def _filter(expression: str) -> ImageFilter:
    return ImageFilter(condition=image_condition(expression, lambda _, name: name))


def _images(library: Library, expression: str) -> list[ImageRecord]:
    """Return the images that a filter means, the first indexed first."""
    return [image for image in library.list_images(limit=1000).items if _FILTERS[expression](image)]


def _check_summary(library: Library, expression: str, request: SummaryRequest) -> None:
    images = _images(library, expression)
    found = library.counts.summarize(_filter(expression), request)
    assert (found.images, found.size_bytes) == (len(images), sum(image.size_bytes for image in images))
    assert found.labels == _counted(images, request, lambda image: {seen.label for seen in image.objects})
    assert found.media_types == _counted(images, request, lambda image: {image.mime_type})
    assert found.cameras == _counted(images, request, _cameras, key=lambda camera: (camera.make, camera.model))
    assert found.months == _counted(images, request, _months, key=_newest)
    within = (request.first_day or date.min, request.last_day or date.max)
    # Those of other days have a day as well.
    undated = sum(not _days(image) for image in images)
    assert found.days == replace(_counted(images, request, _days_in(*within), key=_newest), missing=undated)
    _check_people(library, images, request, found.people)
    _check_places(library, expression, images, request, found.places)


def _counted(
    images: Iterable[ImageRecord],
    request: SummaryRequest,
    kinds: Callable[[ImageRecord], Iterable[Any]],
    key: Callable[[Any], Any] = lambda kind: kind,
) -> Counted[Any]:
    of_each = [set(kinds(image)) for image in images]
    sizes = Counter(kind for of_one in of_each for kind in of_one)
    ranked = sorted(sizes.items(), key=lambda entry: (-entry[1], key(entry[0])))
    others = max(0, len(ranked) - request.limit)
    return Counted(tuple(ranked[: request.limit]), others, sum(not of_one for of_one in of_each))


def _days(image: ImageRecord) -> set[date]:
    return {image.exif.capture_time.date()} if image.exif.capture_time else set()


def _days_in(first: date, last: date) -> Callable[[ImageRecord], set[date]]:
    return lambda image: {day for day in _days(image) if first <= day <= last}


def _months(image: ImageRecord) -> set[date]:
    return {day.replace(day=1) for day in _days(image)}


def _newest(day: date) -> int:
    return -day.toordinal()


def _cameras(image: ImageRecord) -> set[Camera]:
    make, model = image.exif.camera_make or "", image.exif.camera_model or ""
    return {Camera(make, model)} if make or model else set()


def _check_people(
    library: Library, images: list[ImageRecord], request: SummaryRequest, found: Counted[Any] | None
) -> None:
    people = {person.id: person for person in library.list_people(ALL_PEOPLE, limit=100).items}
    of_each = [{face.person_id for face in image.faces if face.person_id} for image in images]
    sizes = Counter(person for of_one in of_each for person in of_one if not people[person].hidden)
    ranked = sorted(sizes.items(), key=lambda entry: (-entry[1], entry[0]))
    assert found is not None
    assert [(person.id, size) for person, size in found.entries] == ranked[: request.limit]
    assert (found.others, found.missing) == (max(0, len(ranked) - request.limit), sum(not one for one in of_each))
    for person, _ in found.entries:
        row = people[person.id]
        assert (person.display_name, person.cover_face_id) == (row.display_name, row.cover_face_id)


def _check_places(
    library: Library, expression: str, images: list[ImageRecord], request: SummaryRequest, found: Counted[Any] | None
) -> None:
    def cells(image: ImageRecord) -> set[tuple[int, int]]:
        latitude, longitude = image.exif.latitude, image.exif.longitude
        if latitude is None or longitude is None:
            return set()
        degrees = request.cell_degrees
        return {(math.floor((latitude + 90) / degrees), math.floor((longitude + 180) / degrees))}

    expected = _counted(images, request, cells)
    assert found is not None
    assert [size for _, size in found.entries] == [size for _, size in expected.entries]
    assert (found.others, found.missing) == (expected.others, expected.missing)
    for (place, _), (cell, _) in zip(found.entries, expected.entries, strict=True):
        inside = [image for image in images if cell in cells(image)]
        assert place == Place(
            min(image.exif.latitude or 0 for image in inside),
            min(image.exif.longitude or 0 for image in inside),
            max(image.exif.latitude or 0 for image in inside),
            max(image.exif.longitude or 0 for image in inside),
            inside[-1].sha256,
        )
        box = f"within({place.south}, {place.west}, {place.north}, {place.east})"
        narrowed = f"({expression}) {box}" if expression else box
        listed = library.list_images(_filter(narrowed), limit=100).items
        assert [image.sha256 for image in listed] == [image.sha256 for image in inside]


def _check_timeline(library: Library, expression: str, granularity: Granularity, *, oldest_first: bool) -> None:
    images = _images(library, expression)
    order = image_order("capture_time" if oldest_first else "capture_time desc")
    found = walk(
        lambda after: library.counts.timeline(
            _filter(expression), granularity, oldest_first=oldest_first, after=after, limit=2
        )
    )
    spans = [{_SPANS[granularity](day) for day in _days(image)} for image in images]
    expected = [*sorted(set().union(*spans), reverse=not oldest_first), *([] if all(spans) else [None])]
    assert [bucket.start for bucket in found] == expected
    for bucket in found:
        inside = [
            image.sha256
            for image, span in zip(images, spans, strict=True)
            if (bucket.start in span if bucket.start else not span)
        ]
        assert bucket.images == len(inside)
        # Its filter finds these images, and its cover is the first of them.
        narrowed = f"({expression}) {bucket.filter_expression}" if expression else bucket.filter_expression
        listed = library.list_images(_filter(narrowed), order, limit=100).items
        assert sorted(image.sha256 for image in listed) == sorted(inside)
        assert bucket.cover_sha256 == listed[0].sha256
