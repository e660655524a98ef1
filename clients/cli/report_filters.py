"""What the photos of the report can be narrowed to."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from albumen.catalog.v1.image_pb2 import Image
from albumen.catalog.v1.person_pb2 import Person
from clients.cli.summary import object_counts, person_label
from services.common.drawing.palette import color_of, to_hex


@dataclass(frozen=True, slots=True)
class Filter:
    """What the page's photos can be narrowed to: a label, a person, an album or a time.

    Attributes:
        key: identifier within the page.
        text: for people.
        count: number of photos on the page that it leaves.
        color: in CSS.

    """

    key: str
    text: str
    count: int
    color: str


def label_filters(images: Sequence[Image], keys: dict[str, str]) -> list[Filter]:
    """Return the kinds of things on the photos, those on most first."""
    labels = Counter(label for image in images for label in object_counts(image) if label in keys)
    ranked = sorted(labels.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Filter(keys[label], label, count, to_hex(color_of(label))) for label, count in ranked]


def person_filters(images: Sequence[Image], people: Sequence[Person], keys: dict[str, str]) -> list[Filter]:
    """Return those of the people who are on the photos."""
    counts = Counter(name for image in images for name in {face.person for face in image.faces})
    return [
        Filter(keys[person.name], person_label(person), counts[person.name], to_hex(color_of(person.name)))
        for person in people
        if person.name in keys and counts[person.name]
    ]
