"""Looks at the form of a large message before it is parsed: parsing a million fields holds up all calls."""

from collections.abc import Iterator
from typing import Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from services.common.errors import InvalidArgumentError, Reason
from services.common.limits import MAX_MESSAGE_FIELDS, MESSAGE_OVERHEAD_BYTES, SMALL_MESSAGE_BYTES

_VARINT_BITS: Final = 64
_MORE: Final = 0x80
_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5


class _MalformedError(Exception):
    """The bytes are no message; the parser says so."""


def check_shape(message: bytes, kind: type[Message]) -> None:
    """Refuse a message that is large otherwise than by the images in its `bytes` fields.

    Args:
        message: as it came.
        kind: what it should be.

    Raises:
        InvalidArgumentError: REQUEST_TOO_LARGE; it has more than 5,000 fields, or more than 1 MiB beside its images.

    """
    if len(message) <= SMALL_MESSAGE_BYTES:
        return
    fields, images = 0, 0
    try:
        for image in _fields(message, cast("Descriptor", kind.DESCRIPTOR)):
            fields += 1
            images += image
            if fields > MAX_MESSAGE_FIELDS:
                raise InvalidArgumentError(
                    Reason.REQUEST_TOO_LARGE,
                    f"The request has more than {MAX_MESSAGE_FIELDS:,} fields. Send it in several.",
                    metadata={"limit": str(MAX_MESSAGE_FIELDS)},
                )
    except _MalformedError:
        return
    if len(message) - images > MESSAGE_OVERHEAD_BYTES:
        raise InvalidArgumentError(
            Reason.REQUEST_TOO_LARGE,
            f"The request has {len(message) - images:,} bytes beside its images, more than the limit of "
            f"{MESSAGE_OVERHEAD_BYTES:,}.",
            metadata={"limit": str(MESSAGE_OVERHEAD_BYTES), "value": str(len(message) - images)},
        )


def _fields(message: bytes, descriptor: Descriptor) -> Iterator[int]:
    """Yield, for each field of a message and of those inside it, how many bytes of an image it has."""
    # Not recursive: what is inside comes at once, as in the message itself.
    ends: list[tuple[int, Descriptor]] = [(len(message), descriptor)]
    at = 0
    while ends:
        end, kind = ends[-1]
        if at >= end:
            ends.pop()
            continue
        tag, at = _varint(message, at)
        wire_type = tag & 7
        if wire_type == _LENGTH:
            size, at = _varint(message, at)
            field = kind.fields_by_number.get(tag >> 3)
            if at + size > end:
                raise _MalformedError
            if field is not None and field.message_type is not None:
                ends.append((at + size, field.message_type))
                yield 0
                continue
            yield size if field is not None and field.type == FieldDescriptor.TYPE_BYTES else 0
            at += size
            continue
        if wire_type == _VARINT:
            _, at = _varint(message, at)
        elif wire_type in (_FIXED64, _FIXED32):
            at += 8 if wire_type == _FIXED64 else 4
        # Else a group begins or ends, which is its tag and what follows.
        yield 0


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value, shift = 0, 0
    while at < len(message) and shift < _VARINT_BITS:
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < _MORE:
            return value, at
        shift += 7
    raise _MalformedError
