"""What calls are about: images, people and faces of the library, drawn at random."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Final

import numpy as np

from albumen.catalog.v1.image_service_pb2 import GetImageRequest
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.people_service_pb2 import ListPeopleRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from benchmarks.catalog.prepared import PARENT
from benchmarks.catalog.recipe import Recipe, sha256_of
from benchmarks.catalog.service import RunningCatalog

_IMAGES: Final = 1000
_FACES: Final = 200
_PEOPLE: Final = 500
_PAGE: Final = 1000
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Subjects:
    """Resource names.

    Attributes:
        images: in random order.
        doomed: others, to be deleted.
        faces: of some of the images.
        people: in random order.
        pairs: people of two faces.
        largest: whoever has most faces.

    """

    images: list[str]
    doomed: list[str]
    faces: list[str]
    people: list[str]
    pairs: list[str]
    largest: str


def find_subjects(catalog: RunningCatalog, recipe: Recipe) -> Subjects:
    """Draw subjects, the same on every run of one library."""
    generator = np.random.default_rng(0)
    numbers = generator.permutation(np.arange(1, recipe.photos + 1)).tolist()
    half = min(_IMAGES, recipe.photos // 2)
    names = [f"{PARENT}/images/{sha256_of(recipe.photos, number)}" for number in numbers[: 2 * half]]
    images = ImageServiceStub(catalog.channel)
    found = [images.GetImage(GetImageRequest(name=name)).image for name in names[:_FACES]]
    people = list(_people(catalog))
    pairs = [name for name, faces in people if faces == _PAIR]
    shuffled = [people[at][0] for at in generator.permutation(len(people)).tolist()]
    return Subjects(
        images=names[:half],
        doomed=names[half:],
        faces=[face.name for image in found for face in image.faces],
        people=shuffled[:_PEOPLE],
        pairs=[pairs[at] for at in generator.permutation(len(pairs)).tolist()][:_PEOPLE],
        largest=people[0][0],
    )


def in_turn(names: list[str]) -> Iterator[str]:
    """Yield names again and again."""
    return chain.from_iterable(repeat(names))


def _people(catalog: RunningCatalog) -> Iterator[tuple[str, int]]:
    """Yield name and number of faces of everybody, those with most faces first."""
    stub = PeopleServiceStub(catalog.channel)
    request = ListPeopleRequest(parent=PARENT, page_size=_PAGE)
    while True:
        page = stub.ListPeople(request)
        yield from ((person.name, person.face_count) for person in page.people)
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token
