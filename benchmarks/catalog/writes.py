"""The writing calls that are measured."""

import hashlib
from collections.abc import Callable, Iterator
from itertools import count
from typing import Final

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.timestamp_pb2 import Timestamp

from albumen.catalog.v1.image_service_pb2 import (
    DeleteImageRequest,
    ImageHeader,
    IndexImageRequest,
    IndexImageResponse,
)
from albumen.catalog.v1.image_service_pb2_grpc import ImageServiceStub
from albumen.catalog.v1.people_service_pb2 import UpdatePersonRequest
from albumen.catalog.v1.people_service_pb2_grpc import PeopleServiceStub
from albumen.catalog.v1.person_pb2 import Person
from benchmarks.catalog.photo import make_photo
from benchmarks.catalog.prepared import PARENT
from benchmarks.catalog.service import RunningCatalog
from benchmarks.catalog.subjects import Subjects, in_turn

# Photos with a face are counted from 0, for their embeddings are; those without from here.
FACELESS: Final = 500_000_000

_MODIFIED: Final = Timestamp(seconds=1_780_000_000)
_CALL_SECONDS: Final = 300


def index_photo(stub: ImageServiceStub, number: int) -> IndexImageResponse:
    """Index a new photo the way `albumen index` does."""
    content = make_photo(number, has_face=number < FACELESS)
    header = ImageHeader(
        parent=PARENT,
        file_name=f"NEW_{number:09}.jpg",
        source_uri=f"file:///photos/new/NEW_{number:09}.jpg",
        modify_time=_MODIFIED,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
    )
    messages = iter([IndexImageRequest(header=header), IndexImageRequest(content=content)])
    response: IndexImageResponse = stub.IndexImage(messages, timeout=_CALL_SECONDS)
    return response


def writing_calls(
    catalog: RunningCatalog, subjects: Subjects, numbers: Iterator[int]
) -> dict[str, Callable[[], object]]:
    """Return the calls by name; `numbers` are those of new photos with a face."""
    images: ImageServiceStub = ImageServiceStub(catalog.channel)
    people: PeopleServiceStub = PeopleServiceStub(catalog.channel)
    faceless, names = count(FACELESS), count(1)
    doomed, named = iter(subjects.doomed), in_turn(subjects.people)
    mask = FieldMask(paths=["display_name"])

    def name() -> object:
        person = Person(name=next(named), display_name=f"Somebody {next(names)}")
        return people.UpdatePerson(UpdatePersonRequest(person=person, update_mask=mask), timeout=_CALL_SECONDS)

    # Whoever is named has to be there still, so photos go last.
    return {
        "update_person": name,
        "index_faceless": lambda: index_photo(images, next(faceless)),
        "index": lambda: index_photo(images, next(numbers)),
        "delete_image": lambda: images.DeleteImage(DeleteImageRequest(name=next(doomed)), timeout=_CALL_SECONDS),
    }
