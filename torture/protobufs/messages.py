"""Requests that are valid protobuf and hold whatever a field can hold, and bytes that are not."""

from random import Random
from typing import Any, Final, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

from torture.images.mutations import mutated
from torture.protobufs.methods import Method
from torture.protobufs.values import Names, scalar_of

_DEEPEST: Final = 6
# Of the fields of a message: where most are set, one of them is refused before anything is done.
_SET_SHARES: Final = (0.2, 0.4, 0.8)
_MASK: Final = "google.protobuf.FieldMask"
# Below every limit of a message, as nobody could answer one that was not read.
_MOST_BYTES: Final = 900_000


def hostile_request(method: Method, names: Names, generator: Random) -> bytes:
    """Return a serialized request whose fields are drawn."""
    request = method.new_request()
    fill(request, names, generator)
    data = request.SerializeToString()
    # A merge of two requests is one, too: repeated fields come together, the last of the others counts.
    return data if len(data) < _MOST_BYTES else method.new_request().SerializeToString()


def hostile_bytes(method: Method, names: Names, generator: Random) -> bytes:
    """Return bytes that are hardly a request: random ones, or a damaged one."""
    if generator.random() < 0.4:
        return generator.randbytes(generator.choice((1, 2, 10, 100, 5_000)))
    request = hostile_request(method, names, generator) or b"\n\0"
    return mutated(request, request, generator)[:_MOST_BYTES]


def fill(message: Message, names: Names, generator: Random, depth: int = 0) -> None:
    """Give the fields of a message values, at most six messages deep."""
    # One of two classes, by the implementation of protobuf; both have all that is needed here.
    share = generator.choice(_SET_SHARES)
    for field in cast("list[FieldDescriptor]", message.DESCRIPTOR.fields):
        # What a request is about has mostly the first number.
        if generator.random() > (share if field.number > 1 else max(_SET_SHARES)):
            continue
        if field.message_type is not None:
            if depth < _DEEPEST:
                _fill_message(message, field, names, generator, depth)
        elif field.is_repeated:
            values: Any = getattr(message, field.name)
            count = generator.choice((1, 1, 2, 3, 101, 300))
            if field.name == "paths" and message.DESCRIPTOR.full_name == _MASK:
                count = generator.choice((1, 2, 5, 101, 2_000))
            values.extend(
                _texts_of_mask(generator, count)
                if field.name == "paths"
                else [scalar_of(field, names, generator) for _ in range(count)]
            )
        else:
            setattr(message, field.name, scalar_of(field, names, generator))


def _fill_message(message: Message, field: FieldDescriptor, names: Names, generator: Random, depth: int) -> None:
    value: Any = getattr(message, field.name)
    if field.is_repeated:
        for _ in range(generator.choice((1, 1, 2, 30))):
            fill(value.add(), names, generator, depth + 1)
    else:
        # An empty message is set, too.
        value.SetInParent()
        fill(value, names, generator, depth + 1)


def _texts_of_mask(generator: Random, count: int) -> list[str]:
    known = ("*", "name", "faces", "display_name", "hidden", "faces.name", "", "nothing", "é", "x" * 9000)
    return [generator.choice(known) for _ in range(count)]
