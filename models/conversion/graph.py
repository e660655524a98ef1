"""A TensorFlow inference graph in memory, however it was stored: named nodes, their inputs and attributes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from models.errors import ConversionError

Array: TypeAlias = NDArray[Any]
Attribute: TypeAlias = str | float | tuple[int, ...] | Array


@dataclass(frozen=True, slots=True)
class Node:
    """One operation.

    ``inputs`` are names of nodes without control dependencies; ``attributes`` holds strings, numbers, integer
    tuples and, for a ``Const``, its ``value``.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def ints(self, key: str) -> tuple[int, ...]:
        """Return an integer-tuple attribute, such as ``strides``; raises ConversionError if there is none."""
        value = self.attributes.get(key)
        if not isinstance(value, tuple):
            raise ConversionError(f"node {self.name} ({self.op}) has no integer list {key!r}")
        return value

    def number(self, key: str) -> float:
        """Return a number attribute, such as ``epsilon``; raises ConversionError if there is none."""
        value = self.attributes.get(key)
        if not isinstance(value, int | float):
            raise ConversionError(f"node {self.name} ({self.op}) has no number {key!r}")
        return float(value)


class Graph:
    """Nodes by name, in any order."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes

    def node(self, name: str) -> Node:
        """Return the node of that name; raises ConversionError if the graph has none."""
        try:
            return self._nodes[name]
        except KeyError:
            raise ConversionError(f"the graph has no node {name!r}: these are other weights") from None

    def constant(self, name: str) -> Array:
        """Return the value of a ``Const`` node in its own dtype; raises ConversionError for other nodes."""
        value = self.node(name).attributes.get("value")
        if not isinstance(value, np.ndarray):
            raise ConversionError(f"node {name} is not a constant")
        return value

    def is_constant(self, name: str) -> bool:
        """Return whether the node of that name is a ``Const``."""
        return self.node(name).op == "Const"

    def upstream(self, name: str, known: frozenset[str]) -> Iterator[Node]:
        """Yield the nodes that ``name`` needs, each after its inputs, itself last, without the ``known``.

        Stored graphs are not always sorted, so the order is found depth first, without recursion.
        """
        done = set(known)
        stack = [(name, False)]
        while stack:
            current, inputs_done = stack.pop()
            if current in done:
                continue
            node = self.node(current)
            if inputs_done:
                done.add(current)
                yield node
            else:
                stack.append((current, True))
                stack.extend((source, False) for source in reversed(node.inputs) if source not in done)
