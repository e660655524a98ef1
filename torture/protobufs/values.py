"""Hostile values of every type that a field can have, among sound ones that lead further in."""

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any, Final

from google.api.resource_pb2 import resource, resource_reference
from google.protobuf.descriptor import FieldDescriptor

from torture.photos import ShownFace, make_photo

_INF: Final = float("inf")
_FLOATS: Final = (0.0, -0.0, 0.5, 1.0, 2.0, -1.0, 1e-300, 1e38, -1e38, _INF, -_INF, float("nan"))
_LONGEST: Final = 200_000
_TEXTS: Final = (
    "", " ", "x", "name", "a/b", "../../etc/passwd", "libraries/", "libraries/default", "libraries/default/images/",
    "libraries/-/images/-", "libraries/default/people/nobody", "file:///a%00b", "'; DROP TABLE image; --",
    "%s%n{0}{}", "\0", "\r\n\t", "\u200b", "\u202eevil", "e\u0301", "\U0001f468\u200d\U0001f469", "\uffff", "*",
    "display_name", "faces", "cover_thumbnail", "00000000-0000-4000-8000-000000000000", "9" * 40, "-1", "NaN",
    "ünï" * 90, "a." * 4000,
)  # fmt: skip
_SOUND_SHARE: Final = 0.6
# Methods of the standard's own service do not say what their names are of.
_KINDS: Final[Mapping[str, str]] = {
    "google.longrunning.ListOperationsRequest": "Library",
    **{f"google.longrunning.{method}OperationRequest": "Operation" for method in ("Get", "Wait", "Cancel", "Delete")},
}
# Fields that name something otherwise than by its resource name.
ROOTS: Final = "root_uri"
HASHES: Final = "hashes"

Names = Mapping[str, list[str]]


def number_of(bits: int, generator: Random, *, signed: bool) -> int:
    """Return a small number, or one at the ends of what so many bits hold."""
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return generator.choice((0, 1, 2, 5, 5, 50, 100, low, low + 1, high, high - 1, generator.randint(low, high)))


def text_of(field: FieldDescriptor, names: Names, generator: Random) -> str:
    """Return a text: often a resource of the kind that the field is meant for, if it is."""
    fitting = names.get("Library" if field.name == "parent" else _kind_of(field), [])
    if fitting and generator.random() < _SOUND_SHARE:
        return generator.choice(fitting)
    every = [name for some in names.values() for name in some]
    kinds: tuple[Callable[[], str], ...] = (
        lambda: generator.choice(_TEXTS),
        lambda: generator.choice(_TEXTS),
        lambda: generator.choice(every) if every else "",
        lambda: (generator.choice(every) if every else "x") + generator.choice(_TEXTS),
        lambda: generator.choice(("x", "\u00e9", "/", "\0")) * generator.choice((64, 255, 2_049, 20_000, _LONGEST)),
        lambda: "".join(
            chr(generator.choice((generator.randrange(1, 0xD800), generator.randrange(128)))) for _ in range(9)
        ),
    )
    return generator.choice(kinds)()


def _kind_of(field: FieldDescriptor) -> str:
    """Return the kind of resource that a field names; empty if none."""
    reference = field.GetOptions().Extensions[resource_reference]
    kind = str(reference.type or reference.child_type)
    message = field.containing_type
    if not kind and field.name == "name" and message is not None:
        # Of a resource itself, as requests hold it that change it.
        kind = str(message.GetOptions().Extensions[resource].type) or _KINDS.get(message.full_name, "")
    return kind.rpartition("/")[2] or (field.name if field.name in (ROOTS, HASHES) else "")


def bytes_of(generator: Random) -> bytes:
    """Return bytes: of a photo, an embedding, a crop, or of nothing."""
    face = ShownFace(1, 0.9, 0.9, generator.randrange(100))
    kinds: tuple[Callable[[], bytes], ...] = (
        bytes,
        lambda: generator.randbytes(generator.choice((1, 40, 2_047, 2_048, 5_000))),
        lambda: make_photo(str(generator.randrange(1000)), [face]),
        lambda: face.embedding().astype("<f4").tobytes(),
        lambda: b"\0\0\xc0\x7f" * 512,
        lambda: face.to_bytes().ljust(76_800, b"\1"),
    )
    return generator.choice(kinds)()


def scalar_of(field: FieldDescriptor, names: Names, generator: Random) -> Any:  # noqa: ANN401 - of the field's type
    """Return a value of a field that is no message."""
    draw = _DRAWN.get(field.cpp_type)
    if draw is not None:
        return draw(generator)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return bytes_of(generator)
    if field.cpp_type == FieldDescriptor.CPPTYPE_STRING:
        return text_of(field, names, generator)
    known = [value.number for value in field.enum_type.values] if field.enum_type else [0]
    return generator.choice((*known, *known, -1, 99, 2**31 - 1))


def _float(generator: Random) -> float:
    return generator.choice((*_FLOATS, generator.random()))


_DRAWN: Final[Mapping[int, Callable[[Random], object]]] = {
    FieldDescriptor.CPPTYPE_BOOL: lambda generator: generator.random() < 0.5,
    FieldDescriptor.CPPTYPE_FLOAT: _float,
    FieldDescriptor.CPPTYPE_DOUBLE: _float,
    FieldDescriptor.CPPTYPE_INT32: partial(number_of, 32, signed=True),
    FieldDescriptor.CPPTYPE_INT64: partial(number_of, 64, signed=True),
    FieldDescriptor.CPPTYPE_UINT32: partial(number_of, 32, signed=False),
    FieldDescriptor.CPPTYPE_UINT64: partial(number_of, 64, signed=False),
}
