"""Whatever text a caller sends, at whatever length, the answer is an OK or an error with a reason.

A status that repeats too much of a request is larger than the trailers of a call may be, and the caller gets an error
of the transport instead, without a reason.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
import pytest
from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import code_pb2, error_details_pb2
from google.rpc.status_pb2 import Status

from albumen.catalog.v1 import (
    album_service_pb2,
    image_service_pb2,
    library_service_pb2,
    people_edit_service_pb2,
    people_service_pb2,
    search_service_pb2,
)
from services.common.wire.status_size import MAX_TRAILER_BYTES, trailer_bytes
from tests.catalog.conftest import World

MODULES = (
    album_service_pb2,
    image_service_pb2,
    library_service_pb2,
    people_edit_service_pb2,
    people_service_pb2,
    search_service_pb2,
)
METHODS = [
    method
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods
]
FORMS = (
    "{}",
    "libraries/{}",
    "libraries/{}/people/x",
    "libraries/default/images/{}",
    "libraries/default/faces/{}",
    "libraries/default/people/{}",
    "libraries/default/edits/{}",
    "libraries/default/albums/{}",
)
TEXTS = [
    pytest.param("a" * 10_000, id="10 kB"),
    pytest.param("\U0001f642" * 10_000, id="10,000 characters of four bytes"),
    pytest.param("\x01" * 10_000, id="10,000 control characters"),
    pytest.param("a" * 100_000, id="100 kB"),
]


def text_fields(kind: Descriptor, above: tuple[FieldDescriptor, ...] = ()) -> Iterator[tuple[FieldDescriptor, ...]]:
    """Yield the path of every field of text in a message, however deep."""
    for field in kind.fields:
        path = (*above, field)
        if field.type == FieldDescriptor.TYPE_STRING:
            yield path
        elif field.message_type is not None and len(path) < 4:
            yield from text_fields(field.message_type, path)


def put(message: Message, path: tuple[FieldDescriptor, ...], text: str) -> None:
    for field in path[:-1]:
        inner = getattr(message, field.name)
        message = inner.add() if field.is_repeated else inner
    if path[-1].is_repeated:
        getattr(message, path[-1].name).append(text)
    else:
        setattr(message, path[-1].name, text)


async def refusal(world: World, method: MethodDescriptor, request: Message) -> Status | None:
    """Return the rich status that a call fails with; a failure without one is a KeyError."""
    stub = {
        "AlbumService": world.albums,
        "ImageService": world.images,
        "LibraryService": world.libraries,
        "PeopleEditService": world.edits,
        "PeopleService": world.people,
        "SearchService": world.search,
    }[method.containing_service.name]
    send: Any = getattr(stub, method.name)

    async def requests() -> AsyncIterator[Message]:
        yield request

    answer = send(requests() if method.client_streaming else request)
    try:
        if method.server_streaming:
            async for _ in answer:
                pass
        else:
            await answer
    except grpc.aio.AioRpcError as error:
        metadata: Any = error.trailing_metadata()
        return Status.FromString(dict(metadata)["grpc-status-details-bin"])
    return None


def with_text_anywhere(text: str) -> list[tuple[MethodDescriptor, Message]]:
    """Return a request of every method for each of its fields of text, alone and as part of a name."""
    requests: list[tuple[MethodDescriptor, Message]] = []
    for method in METHODS:
        kind = GetMessageClass(method.input_type)
        for path in text_fields(method.input_type):
            for form in FORMS:
                request = kind()
                put(request, path, form.format(text))
                requests.append((method, request))
    return requests


def told(status: Status) -> Iterator[str]:
    """Yield every text in a rich status."""
    yield status.message
    for detail in status.details:
        for kind in (error_details_pb2.ErrorInfo, error_details_pb2.BadRequest, error_details_pb2.ResourceInfo):
            message = kind()
            if detail.Unpack(message):
                yield from json_texts(json_format.MessageToDict(message))


def json_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from json_texts(inner)


@pytest.mark.parametrize("text", TEXTS)
async def test_an_error_about_a_very_long_text_still_has_a_reason(world: World, text: str) -> None:
    for name in ("anna", "anna~9", "bob", "bob~8"):
        await world.index(world.script.photo(name))
    people = sorted(
        person.name for person in (await world.people.ListPeople(people_service_pb2.ListPeopleRequest())).people
    )
    requests = with_text_anywhere(text)
    methods = {method.name: method for method in METHODS}
    album = (
        await world.albums.CreateAlbum(album_service_pb2.CreateAlbumRequest(album={"display_name": "a", "filter": {}}))
    ).album.name
    image = f"libraries/default/images/{text}"
    requests += [
        (
            methods["UpdatePerson"],
            people_service_pb2.UpdatePersonRequest(person={"name": people[0], "etag": text, "display_name": "A"}),
        ),
        (
            methods["UpdatePerson"],
            people_service_pb2.UpdatePersonRequest(person={"name": people[0]}, update_mask={"paths": [text]}),
        ),
        (
            methods["MergePeople"],
            people_edit_service_pb2.MergePeopleRequest(person=people[0], others=people[1:], etag=text),
        ),
        (
            methods["UpdateAlbum"],
            album_service_pb2.UpdateAlbumRequest(album={"name": album, "cover_image": image}),
        ),
        (methods["DeleteAlbum"], album_service_pb2.DeleteAlbumRequest(name=album, etag=text)),
        (methods["SeparatePeople"], people_edit_service_pb2.SeparatePeopleRequest(people=people, request_id=text)),
        (methods["DeleteLibrary"], library_service_pb2.DeleteLibraryRequest(name="libraries/default", etag=text)),
    ]
    refused = 0
    for method, request in requests:
        status = await refusal(world, method, request)
        if status is not None:
            refused += 1
            assert status.code not in {code_pb2.INTERNAL, code_pb2.UNKNOWN}
            assert trailer_bytes(status) <= MAX_TRAILER_BYTES
    assert refused > len(requests) / 2


async def test_no_error_repeats_what_a_terminal_or_a_log_would_obey(world: World) -> None:
    refused = 0
    for method, request in with_text_anywhere("x\0\x1b[31m\n\u202e"):
        status = await refusal(world, method, request)
        if status is not None:
            refused += 1
            assert all(text.isprintable() for text in told(status)), (method.name, status)
    assert refused
