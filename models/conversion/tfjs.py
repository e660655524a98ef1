"""Reads a TensorFlow.js graph model: ``model.json`` (topology and weight list) and its binary shards."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from models.conversion.graph import Attribute, Graph, Node
from models.errors import ConversionError

_DTYPES = {"float32": "<f4", "int32": "<i4"}


def read_tfjs(topology: bytes, shards: Sequence[bytes]) -> Graph:
    """Parse a graph model.

    Args:
        topology: content of ``model.json``.
        shards: content of the shards, in the order of ``model.json``.

    Raises:
        ConversionError: they are not a graph model, or do not fit together.

    """
    try:
        document = json.loads(topology)
        weights = _weights(document["weightsManifest"], b"".join(shards))
        nodes = [_node(entry, weights) for entry in document["modelTopology"]["node"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ConversionError(f"not a TensorFlow.js graph model: {error!r}") from error
    return Graph({node.name: node for node in nodes})


def _weights(groups: Sequence[Mapping[str, Any]], data: bytes) -> dict[str, Attribute]:
    weights: dict[str, Attribute] = {}
    offset = 0
    for entry in (weight for group in groups for weight in group["weights"]):
        if "quantization" in entry:
            raise ConversionError(f"weight {entry['name']} is quantised; only plain float weights are read")
        dtype = np.dtype(_DTYPES[entry["dtype"]])
        count = math.prod(entry["shape"])
        weights[entry["name"]] = np.frombuffer(data, dtype, count, offset).reshape(entry["shape"])
        offset += count * dtype.itemsize
    if offset != len(data):
        raise ConversionError(f"the shards hold {len(data)} bytes, but the weight list describes {offset}")
    return weights


def _node(entry: Mapping[str, Any], weights: Mapping[str, Attribute]) -> Node:
    attributes = {key: value for key, raw in entry.get("attr", {}).items() if (value := _attribute(raw)) is not None}
    if entry["op"] == "Const":
        attributes["value"] = weights[entry["name"]]
    inputs = tuple(name for name in entry.get("input", ()) if not name.startswith("^"))
    return Node(entry["name"], entry["op"], inputs, attributes)


def _attribute(raw: Mapping[str, Any]) -> Attribute | None:
    """Return an attribute of a kind that nodes keep; in JSON, integers are strings, and strings are bytes."""
    match raw:
        case {"s": list(codes)}:
            return bytes(codes).decode()
        case {"i": str(number)}:
            return int(number)
        case {"f": int(number) | float(number)}:
            return float(number)
        case {"list": {"i": list(numbers)}}:
            return tuple(int(number) for number in numbers)
    return None
