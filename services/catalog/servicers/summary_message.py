"""Messages of what images add up to."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, TypeVar

from google.type import date_pb2

from albumen.catalog.v1 import image_pb2
from albumen.catalog.v1 import summary_service_pb2 as pb
from services.catalog.columns.timeline import Granularity
from services.catalog.image_summary import Camera, Counted, ImageSummary, PersonShown, Place, TimelineBucket
from services.catalog.servicers.image_filter import narrowed
from services.catalog.servicers.pages import fitting_length
from services.catalog.servicers.resource_names import child_name

K = TypeVar("K")
M = TypeVar("M")

_DATE_PARTS: Final = {Granularity.YEAR: 1, Granularity.MONTH: 2, Granularity.DAY: 3}


def summary_message(library: str, summary: ImageSummary) -> pb.SummarizeImagesResponse:
    """Return the message of a summary of images of `library`; facets are cut where it would not fit into one answer."""
    labels = _entries(summary.labels, lambda label, count: image_pb2.LabelCount(label=label, image_count=count))
    people = _entries(summary.people, lambda person, count: _person(library, person, count))
    months = _entries(summary.months, lambda month, count: _dated(month, Granularity.MONTH, count))
    days = _entries(summary.days, lambda day, count: _dated(day, Granularity.DAY, count))
    cameras = _entries(summary.cameras, _camera)
    places = _entries(summary.places, lambda place, count: _place(library, place, count))
    types = _entries(summary.media_types, lambda kind, count: pb.MediaTypeCount(mime_type=kind, image_count=count))
    most = fitting_length([labels, people, months, days, cameras, places, types])
    message = pb.SummarizeImagesResponse(image_count=summary.images, size_bytes=summary.size_bytes)
    if summary.labels is not None:
        others, missing = _rest(summary.labels, most)
        message.labels.MergeFrom(pb.LabelFacet(labels=labels[:most], other_count=others, missing_image_count=missing))
    if summary.people is not None:
        others, missing = _rest(summary.people, most)
        message.people.MergeFrom(pb.PersonFacet(people=people[:most], other_count=others, missing_image_count=missing))
    if summary.months is not None:
        others, missing = _rest(summary.months, most)
        message.months.MergeFrom(pb.DateFacet(dates=months[:most], other_count=others, missing_image_count=missing))
    if summary.days is not None:
        others, missing = _rest(summary.days, most)
        message.days.MergeFrom(pb.DateFacet(dates=days[:most], other_count=others, missing_image_count=missing))
    if summary.cameras is not None:
        others, missing = _rest(summary.cameras, most)
        facet = pb.CameraFacet(cameras=cameras[:most], other_count=others, missing_image_count=missing)
        message.cameras.MergeFrom(facet)
    if summary.places is not None:
        others, missing = _rest(summary.places, most)
        message.places.MergeFrom(pb.PlaceFacet(places=places[:most], other_count=others, missing_image_count=missing))
    if summary.media_types is not None:
        others, _ = _rest(summary.media_types, most)
        message.media_types.MergeFrom(pb.MediaTypeFacet(media_types=types[:most], other_count=others))
    return message


def bucket_message(library: str, bucket: TimelineBucket, expression: str) -> pb.TimelineBucket:
    """Return the message of a bucket of those images of `library` that a filter expression finds."""
    return pb.TimelineBucket(
        date=None if bucket.start is None else _date(bucket.start, bucket.granularity),
        image_count=bucket.images,
        cover_image=_image(library, bucket.cover_sha256),
        filter_expression=narrowed(expression, bucket.filter_expression),
    )


def _entries(counted: Counted[K] | None, make: Callable[[K, int], M]) -> Sequence[M]:
    return [] if counted is None else [make(kind, count) for kind, count in counted.entries]


def _rest(counted: Counted[K], most: int) -> tuple[int, int]:
    """Return how many kinds are not among the `most` first, and how many images are of none."""
    return counted.others + max(0, len(counted.entries) - most), counted.missing


def _person(library: str, person: PersonShown, count: int) -> pb.PersonCount:
    return pb.PersonCount(
        person=child_name(library, "people", person.id),
        display_name=person.display_name,
        cover_face=child_name(library, "faces", str(person.cover_face_id)),
        image_count=count,
    )


def _dated(start: date, granularity: Granularity, count: int) -> pb.DateCount:
    return pb.DateCount(date=_date(start, granularity), image_count=count)


def _camera(camera: Camera, count: int) -> pb.CameraCount:
    return pb.CameraCount(camera=image_pb2.Camera(make=camera.make, model=camera.model), image_count=count)


def _place(library: str, place: Place, count: int) -> pb.PlaceCount:
    return pb.PlaceCount(
        south=place.south,
        west=place.west,
        north=place.north,
        east=place.east,
        image_count=count,
        image=_image(library, place.image_sha256),
    )


def _date(start: date, granularity: Granularity) -> date_pb2.Date:
    parts = dict(zip(("year", "month", "day")[: _DATE_PARTS[granularity]], start.timetuple()[:3], strict=False))
    return date_pb2.Date(**parts)


def _image(library: str, sha256: str) -> str:
    # Empty for one that was deleted while the others were counted.
    return child_name(library, "images", sha256) if sha256 else ""
