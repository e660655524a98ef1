"""A library as one HTML page that needs nothing else: what goes into it, and how it is written."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, TextIO

import jinja2

from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.library_pb2 import Library
from albumen.catalog.v1.people_service_pb2 import FaceFilter
from albumen.catalog.v1.person_pb2 import Person
from albumen.types.v1.geometry_pb2 import BoundingBox
from clients.cli.connection import Catalog
from clients.cli.report_albums import AlbumEntry, gather_albums
from clients.cli.report_filters import Filter, label_filters, person_filters
from clients.cli.report_pictures import data_uri, picture_of
from clients.cli.report_timeline import TimelineEntry, gather_timeline
from clients.cli.summary import describe_objects, object_counts, person_label
from services.common.drawing.palette import NEUTRAL, color_of, to_hex
from services.common.plural import noun, plural

MAX_PEOPLE: Final = 100
MAX_FACES_PER_PERSON: Final = 24
MAX_UNGROUPED_FACES: Final = 60
MAX_LABELS: Final = 40

_LONGEST_SIDE: Final = 1000
# What the template says of its maker, near its start.
_GENERATOR: Final = b'<meta name="generator" content="albumen">'
_HEAD_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class PersonEntry:
    """A person with the faces that the page shows, as data URIs of JPEGs."""

    label: str
    color: str
    key: str
    face_count: int
    image_count: int
    faces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A box on a photo, in the pixels of the upright photo; its text is always seen if a user chose it."""

    box: BoundingBox
    text: str
    color: str
    is_face: bool
    is_named: bool


@dataclass(frozen=True, slots=True)
class PhotoEntry:
    """A photo; `picture` is a data URI of a JPEG, empty if the original is not at hand."""

    anchor: str
    file_name: str
    width: int
    height: int
    picture: str
    marks: tuple[Mark, ...]
    keys: tuple[str, ...]
    caption: str
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows; the photos are read one by one while it is written."""

    library: Library
    people: Sequence[PersonEntry]
    hidden_people: int
    more_people: int
    ungrouped: Sequence[str]
    ungrouped_count: int
    albums: Sequence[AlbumEntry]
    timeline: Sequence[TimelineEntry]
    person_filters: Sequence[Filter]
    label_filters: Sequence[Filter]
    photo_count: int
    photos: Iterable[PhotoEntry] = field(repr=False)


def gather(catalog: Catalog, *, max_photos: int, on_photo: Callable[[str], None]) -> Report:
    """Return the report of the library of `catalog`.

    Args:
        catalog: where the library is.
        max_photos: most photos on the page.
        on_photo: told the file name of every photo that has been written.

    """
    library = catalog.library()
    everybody = catalog.list_people()
    shown = [person for person in everybody if not person.hidden]
    images = list(islice(catalog.list_images(page_size=min(max_photos, 500)), max_photos))
    keys = _keys(images, shown)
    albums, in_albums = gather_albums(catalog, images)
    timeline, in_times = gather_timeline(catalog, images)
    people = {person.name: person for person in shown}
    alone = library.face_count - sum(person.face_count for person in everybody)
    return Report(
        library=library,
        people=[_person(catalog, person, keys) for person in shown[:MAX_PEOPLE]],
        hidden_people=len(everybody) - len(shown),
        more_people=max(0, len(shown) - MAX_PEOPLE),
        ungrouped=_thumbnails(catalog, FaceFilter(ungrouped=True), MAX_UNGROUPED_FACES),
        ungrouped_count=max(0, alone),
        albums=albums,
        timeline=timeline,
        person_filters=person_filters(images, shown, keys),
        label_filters=label_filters(images, keys),
        photo_count=len(images),
        photos=_photos(images, people, keys, [in_albums, in_times], on_photo),
    )


def write(report: Report, file: TextIO) -> None:
    """Write `report` to `file` as HTML; every text in it is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("clients.cli"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["thousands"] = lambda number: f"{number:,}"
    environment.globals.update(noun=noun, count=plural)
    template = environment.get_template("report.html.j2")
    file.writelines(template.generate(report=report))


def is_report(path: Path) -> bool:
    """Return whether the file at `path` is such a page.

    Raises:
        OSError: it can't be read.

    """
    with path.open("rb") as file:
        return _GENERATOR in file.read(_HEAD_BYTES)


def _keys(images: Sequence[Image], people: Sequence[Person]) -> dict[str, str]:
    """Return a short key for every label and every person that a photo can be filtered by."""
    labels = Counter(label for image in images for label in object_counts(image))
    ranked = sorted(labels, key=lambda label: (-labels[label], label))[:MAX_LABELS]
    keys = {label: f"l{number}" for number, label in enumerate(ranked)}
    keys.update((person.name, f"p{number}") for number, person in enumerate(people[:MAX_PEOPLE]))
    return keys


def _person(catalog: Catalog, person: Person, keys: dict[str, str]) -> PersonEntry:
    return PersonEntry(
        label=person_label(person),
        color=to_hex(color_of(person.name)),
        key=keys[person.name],
        face_count=person.face_count,
        image_count=person.image_count,
        faces=_thumbnails(catalog, FaceFilter(person=person.name), MAX_FACES_PER_PERSON, person.cover_face),
    )


def _thumbnails(catalog: Catalog, face_filter: FaceFilter, count: int, first: str = "") -> tuple[str, ...]:
    faces = catalog.list_faces("name", "thumbnail", face_filter=face_filter, page_size=count)
    ordered = sorted(islice(faces, count), key=lambda face: face.name != first)
    return tuple(data_uri(face.thumbnail) for face in ordered if face.thumbnail)


def _photos(
    images: Iterable[Image],
    people: dict[str, Person],
    keys: dict[str, str],
    others: Sequence[Mapping[str, Sequence[str]]],
    on_photo: Callable[[str], None],
) -> Iterator[PhotoEntry]:
    """Yield the photos; `others` are keys that photos have by their name, whatever is on them."""
    for number, image in enumerate(images):
        names = dict.fromkeys(face.person for face in image.faces)
        present = [people[name] for name in names if name in people]
        sources = [*object_counts(image), *(person.name for person in present)]
        yield PhotoEntry(
            anchor=f"photo-{number}",
            file_name=image.file_name or image.name.rpartition("/")[2][:10],
            width=max(1, image.size.width),
            height=max(1, image.size.height),
            picture=picture_of(image, _LONGEST_SIDE),
            marks=tuple(_marks(image, people)),
            keys=(
                *(keys[source] for source in sources if source in keys),
                *(key for other in others for key in other.get(image.name, ())),
            ),
            caption=describe_objects(image),
            people=tuple(person_label(person) for person in present),
        )
        on_photo(image.file_name)


def _marks(image: Image, people: dict[str, Person]) -> list[Mark]:
    """Return the boxes of `image`, large ones first, so that small ones lie on top and can be pointed at."""
    marks = [
        Mark(item.box, item.label, to_hex(color_of(item.label)), is_face=False, is_named=False)
        for item in image.objects
    ]
    for face in image.faces:
        person = people.get(face.person)
        text = person_label(person) if person else ""
        color = color_of(person.name) if person else NEUTRAL
        named = person is not None and person.display_name != ""
        marks.append(Mark(face.box, text, to_hex(color), is_face=True, is_named=named))
    return sorted(marks, key=lambda mark: -mark.box.width * mark.box.height)
