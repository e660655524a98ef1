"""Writes TensorFlow GraphDefs, to test the reader of them and to hand graphs to OpenCV's own importer."""

from collections.abc import Iterable, Mapping

import numpy as np

from models.conversion.graph import Array, Attribute, Graph, Node

_DTYPES = {"float32": 1, "int32": 3}


def varint(value: int) -> bytes:
    value &= 0xFFFF_FFFF_FFFF_FFFF
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def block(field: int, payload: bytes | str) -> bytes:
    data = payload.encode() if isinstance(payload, str) else payload
    return varint(field << 3 | 2) + varint(len(data)) + data


def tensor(values: Array) -> bytes:
    shape = b"".join(block(2, number(1, size)) for size in values.shape)
    return number(1, _DTYPES[values.dtype.name]) + block(2, shape) + block(4, values.tobytes())


def attribute(value: Attribute) -> bytes:
    match value:
        case str():
            return block(2, value)
        case bool() | int():
            return number(3, int(value))
        case float():
            return varint(4 << 3 | 5) + np.float32(value).tobytes()
        case tuple():
            return block(1, block(3, b"".join(varint(item) for item in value)))
    return block(8, tensor(value))


def node(name: str, op: str, inputs: Iterable[str] = (), attributes: Mapping[str, bytes] | None = None) -> bytes:
    entries = [block(5, block(1, key) + block(2, value)) for key, value in (attributes or {}).items()]
    return block(1, block(1, name) + block(2, op) + b"".join(block(3, i) for i in inputs) + b"".join(entries))


def copied(source: Node) -> bytes:
    """Write a node of a graph that was read, types included."""
    attributes = {key: attribute(value) for key, value in source.attributes.items()}
    value = source.attributes.get("value")
    dtype = _DTYPES[value.dtype.name] if isinstance(value, np.ndarray) else 1
    attributes["dtype" if source.op == "Const" else "T"] = number(6, dtype)
    return node(source.name, source.op, source.inputs, attributes)


def subgraph(graph: Graph, inputs: str, outputs: Iterable[str]) -> bytes:
    """Write what lies between the node ``inputs``, which becomes a placeholder, and ``outputs``."""
    parts = [node(inputs, "Placeholder", attributes={"dtype": number(6, 1)})]
    known = frozenset({inputs})
    for output in outputs:
        for member in graph.upstream(output, known):
            parts.append(copied(member))
            known |= {member.name}
    return b"".join(parts)
