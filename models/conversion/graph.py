"""A TensorFlow inference graph in memory, independent of its file format: nodes, inputs and attributes."""

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

    Attributes:
        name: unique in the graph.
        op: kind of operation.
        inputs: names of other nodes, without control dependencies.
        attributes: strings, numbers, tuples of integers, and the ``value`` of a ``Const``.

    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Attribute] = field(default_factory=dict)

    def ints(self, key: str) -> tuple[int, ...]:
        """Return an attribute that is a tuple of integers, such as ``strides``.

        Raises:
            ConversionError: there is none.

        """
        value = self.attributes.get(key)
        if not isinstance(value, tuple):
            raise ConversionError(f"node {self.name} ({self.op}) has no integer list {key!r}")
        return value

    def number(self, key: str) -> float:
        """Return an attribute that is a number, such as ``epsilon``.

        Raises:
            ConversionError: there is none.

        """
        value = self.attributes.get(key)
        if not isinstance(value, int | float):
            raise ConversionError(f"node {self.name} ({self.op}) has no number {key!r}")
        return float(value)


class Graph:
    """Nodes by name, in any order."""

    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self._nodes = nodes

    def node(self, name: str) -> Node:
        """Return the node of that name.

        Raises:
            ConversionError: there is none.

        """
        try:
            return self._nodes[name]
        except KeyError:
            raise ConversionError(f"the graph has no node {name!r}: these are other weights") from None

    def constant(self, name: str) -> Array:
        """Return the value of a ``Const`` node, in its own dtype.

        Raises:
            ConversionError: there is no such node, or it is another operation.

        """
        value = self.node(name).attributes.get("value")
        if not isinstance(value, np.ndarray):
            raise ConversionError(f"node {name} is not a constant")
        return value

    def is_constant(self, name: str) -> bool:
        """Return whether the node of that name is a ``Const``."""
        return self.node(name).op == "Const"

    def upstream(self, name: str, known: frozenset[str]) -> Iterator[Node]:
        """Yield the nodes that the node `name` depends on, each after its inputs, itself last, without the `known`.

        Stored graphs are not always sorted; the order is found by a depth-first search, without recursion.
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
