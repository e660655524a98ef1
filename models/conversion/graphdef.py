"""Reads a frozen TensorFlow GraphDef without TensorFlow, straight from the protobuf wire format.

Field numbers are those of tensorflow/core/framework's graph, node_def, attr_value, tensor and tensor_shape
protos; the wire format is described in https://protobuf.dev/programming-guides/encoding/.
"""

import struct
from collections.abc import Iterator

import numpy as np

from models.conversion.graph import Array, Attribute, Graph, Node
from models.errors import ConversionError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_DIM = 2
_DTYPES = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}


def read_graphdef(data: bytes) -> Graph:
    """Parse the bytes of a ``.pb`` file.

    Raises:
        ConversionError: they are not a GraphDef.

    """
    try:
        nodes = [_node(value) for field, value, _ in _fields(memoryview(data)) if field == 1]
    except (IndexError, ValueError, struct.error) as error:
        raise ConversionError(f"not a TensorFlow GraphDef: {error}") from error
    return Graph({node.name: node for node in nodes})


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview, bool]]:
    """Yield number, payload, and whether it is length-delimited, of each field; the payload of a varint is 8 bytes."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        wire = key & 7
        if wire == _VARINT:
            value, position = _varint(data, position)
            yield key >> 3, memoryview(value.to_bytes(8, "little")), False
            continue
        if wire == _BYTES:
            size, position = _varint(data, position)
        elif wire in {_FIXED32, _FIXED64}:
            size = 4 if wire == _FIXED32 else 8
        else:
            raise ValueError(f"wire type {wire} at byte {position}")
        if position + size > len(data):
            raise ValueError(f"a field ends after the data, at byte {position}")
        yield key >> 3, data[position : position + size], wire == _BYTES
        position += size


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004
            return value & 0xFFFF_FFFF_FFFF_FFFF, position
    raise ValueError(f"an endless number at byte {position}")


def _integer(payload: memoryview) -> int:
    return int.from_bytes(payload, "little", signed=True)


def _node(data: memoryview) -> Node:
    name = op = ""
    inputs: list[str] = []
    attributes: dict[str, Attribute] = {}
    for field, value, _ in _fields(data):
        match field:
            case 1:
                name = str(value, "utf-8")
            case 2:
                op = str(value, "utf-8")
            case 3:
                inputs.append(str(value, "utf-8"))
            case 5:
                entry = {number: part for number, part, _ in _fields(value)}
                if (attribute := _attribute(entry[2])) is not None:
                    attributes[str(entry[1], "utf-8")] = attribute
    return Node(name, op, tuple(i.removesuffix(":0") for i in inputs if not i.startswith("^")), attributes)


def _attribute(data: memoryview) -> Attribute | None:
    for field, value, _ in _fields(data):
        match field:
            case 1:
                return _integers(value, 3)
            case 2:
                return str(value, "utf-8", "replace")
            case 3:
                return _integer(value)
            case 4:
                return float(struct.unpack("<f", value)[0])
            case 8:
                return _tensor(value)
    return None


def _integers(data: memoryview, wanted: int) -> tuple[int, ...]:
    """Return a repeated integer field of the message `data`, packed or not."""
    numbers: list[int] = []
    for field, value, packed in _fields(data):
        if field != wanted:
            continue
        if not packed:
            numbers.append(_integer(value))
        position = 0
        while packed and position < len(value):
            number, position = _varint(value, position)
            numbers.append(number - (number >> 63 << 64))
    return tuple(numbers)


def _tensor(data: memoryview) -> Array:
    dtype, content = 0, memoryview(b"")
    shape: tuple[int, ...] = ()
    scalars: list[float] = [*_integers(data, 7)]
    for field, value, _ in _fields(data):
        match field:
            case 1:
                dtype = _integer(value)
            case 2:
                shape = tuple(_size(dim) for number, dim, _ in _fields(value) if number == _DIM)
            case 4:
                content = value
            case 5:
                scalars += np.frombuffer(value, "<f4").tolist()
    if dtype not in _DTYPES:
        raise ValueError(f"a tensor of unknown type {dtype}")
    values = np.frombuffer(content, _DTYPES[dtype]) if content else np.array(scalars, _DTYPES[dtype])
    # A tensor whose values are all the same may store only one of them.
    return np.full(shape, values[0]) if values.size == 1 else values.reshape(shape)


def _size(dimension: memoryview) -> int:
    """Return the size of a dimension; 0 is not on the wire."""
    return next(iter(_integers(dimension, 1)), 0)
