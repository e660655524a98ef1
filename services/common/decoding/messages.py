"""What a decoder process answers, to messages and back. What comes back is checked: it may be subverted."""

import dataclasses
from collections.abc import Mapping
from typing import Any, Final

from services.common.camera_tags import CameraTags
from services.common.decoding.channel import Message
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.image_header import FORMATS, ImageHeader

# What is asked of a process that is to keep nothing of photos.
FORGET: Final = "forget"

_LONGEST_MESSAGE: Final = 1_000
_LARGEST: Final = 2**62
_BYTES: Final = "latin-1"


def header_message(header: ImageHeader) -> Message:
    """Return the message of a header."""
    return dataclasses.asdict(header)


def read_header_message(message: Message) -> ImageHeader:
    """Return the header of a message.

    Raises:
        ValueError, TypeError, KeyError: it is none.

    """
    header = ImageHeader(
        format=_text(message["format"]),
        mime_type=_text(message["mime_type"]),
        mode=_text(message["mode"]),
        stored_width=_number(message["stored_width"], 1, _LARGEST),
        stored_height=_number(message["stored_height"], 1, _LARGEST),
        orientation=_number(message["orientation"], 1, 8),
        codec_bytes=_number(message["codec_bytes"], 0, _LARGEST),
    )
    if header.format not in {*FORMATS, "MPO"}:
        raise ValueError("no format")
    return header


def tags_message(tags: CameraTags) -> Message:
    """Return the message of what a camera wrote."""
    return {
        "texts": {str(tag): text.decode(_BYTES) for tag, text in tags.texts.items()},
        "gps_texts": {str(tag): text.decode(_BYTES) for tag, text in tags.gps_texts.items()},
        "gps_numbers": {str(tag): list(numbers) for tag, numbers in tags.gps_numbers.items()},
        "png_time": tags.png_time.decode(_BYTES),
    }


def read_tags_message(message: Message) -> CameraTags:
    """Return what a camera wrote.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is none.

    """
    return CameraTags(
        texts=_texts(message["texts"]),
        gps_texts=_texts(message["gps_texts"]),
        gps_numbers={int(tag): tuple(map(float, parts)) for tag, parts in message["gps_numbers"].items()},
        png_time=message["png_time"].encode(_BYTES),
    )


def error_message(error: InvalidArgumentError) -> Message:
    """Return the message of a refusal."""
    return {
        "reason": str(error.reason),
        "message": error.message,
        "field": error.field,
        "metadata": error.metadata,
    }


def read_error_message(message: Message) -> InvalidArgumentError:
    """Return the refusal of a message.

    Raises:
        ValueError, TypeError, KeyError, AttributeError: it is none.

    """
    return InvalidArgumentError(
        Reason(message["reason"]),
        excerpt(message["message"], _LONGEST_MESSAGE),
        field=message["field"] and excerpt(message["field"]),
        metadata={_text(key): _text(value) for key, value in message["metadata"].items()},
    )


def shape_of(message: Message, room: int) -> tuple[int, int, int]:
    """Return the shape of pixels that lie in `room` bytes.

    Raises:
        ValueError, TypeError, KeyError: they can't.

    """
    height, width = _number(message["height"], 1, room), _number(message["width"], 1, room)
    if 3 * height * width > room:
        raise ValueError("more pixels than there is room for")
    return height, width, 3


def _texts(message: Mapping[str, Any]) -> dict[int, bytes]:
    return {int(tag): text.encode(_BYTES) for tag, text in message.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return excerpt(value)


def _number(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or not least <= value <= most:
        raise ValueError("no such number")
    return value
