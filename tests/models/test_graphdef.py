"""The reader of TensorFlow graphs, and the order in which a graph is walked."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from models.conversion.graph import Array, Attribute, Graph, Node
from models.conversion.graphdef import read_graphdef
from models.errors import ConversionError
from tests.models import wire

SHAPES = arrays.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)
TENSORS = arrays.arrays(st.sampled_from([np.float32, np.int32]), SHAPES, elements=st.integers(-1000, 1000))


@given(values=TENSORS)
def test_tensors_come_back(values: Array) -> None:
    graph = read_graphdef(wire.node("c", "Const", attributes={"value": wire.block(8, wire.tensor(values))}))
    found = graph.constant("c")
    assert found.dtype == values.dtype
    np.testing.assert_array_equal(found, values)


@given(
    strides=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1).map(tuple),
    epsilon=st.floats(width=32, allow_nan=False),
    padding=st.text(),
)
def test_attributes_come_back(strides: tuple[int, ...], epsilon: float, padding: str) -> None:
    attributes: dict[str, Attribute] = {"strides": strides, "epsilon": epsilon, "padding": padding}
    written = {key: wire.attribute(value) for key, value in attributes.items()} | {"none": b""}
    node = read_graphdef(wire.node("n", "Conv2D", ["a", "b:0", "^control"], written)).node("n")
    assert node.inputs == ("a", "b")
    assert node.ints("strides") == strides
    assert node.number("epsilon") == epsilon
    assert node.attributes["padding"] == padding
    assert "none" not in node.attributes


def test_integers_that_are_not_packed_come_back() -> None:
    attribute = wire.block(1, wire.number(3, 1) + wire.block(2, "other") + wire.number(3, 2))
    assert read_graphdef(wire.node("n", "X", attributes={"l": attribute})).node("n").ints("l") == (1, 2)


def test_one_scalar_fills_a_shape() -> None:
    shape = wire.block(2, wire.block(2, wire.number(1, 3)))
    for dtype, scalar in ((1, wire.block(5, np.float32(2).tobytes())), (3, wire.number(7, 2))):
        tensor = wire.block(8, wire.number(1, dtype) + shape + scalar)
        graph = read_graphdef(wire.node("c", "Const", attributes={"value": tensor}))
        assert graph.constant("c").tolist() == [2, 2, 2]


@given(data=st.binary())
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(ConversionError):
        read_graphdef(data)


@given(cut=st.integers(1, 60))
def test_a_cut_graph_is_refused(cut: int) -> None:
    whole = wire.node("constant", "Const", attributes={"value": wire.attribute(np.arange(9, dtype=np.int32))})
    with pytest.raises(ConversionError):
        read_graphdef(whole[:-cut]).constant("constant")


@given(edges=st.lists(st.lists(st.integers(0, 40), max_size=4), min_size=1, max_size=40), data=st.data())
def test_nodes_come_after_their_inputs_and_once(edges: list[list[int]], data: st.DataObject) -> None:
    sources = [sorted({source for source in targets if source < i}) for i, targets in enumerate(edges)]
    nodes = [Node(str(i), "X", tuple(map(str, inputs))) for i, inputs in enumerate(sources)]
    graph = Graph({node.name: node for node in data.draw(st.permutations(nodes))})
    last = nodes[-1].name
    order = [node.name for node in graph.upstream(last, frozenset())]
    needed, pending = set[str](), [last]
    while pending:
        name = pending.pop()
        needed.add(name)
        pending += [source for source in graph.node(name).inputs if source not in needed]
    assert order[-1] == last
    assert sorted(order) == sorted(needed)
    for position, name in enumerate(order):
        assert set(graph.node(name).inputs) <= set(order[:position])


def test_a_chain_longer_than_the_stack_is_walked() -> None:
    nodes = {str(i): Node(str(i), "X", (str(i - 1),) if i else ()) for i in range(5000)}
    assert len(list(Graph(nodes).upstream("4999", frozenset({"0"})))) == 4999


def test_what_a_node_does_not_have_is_named() -> None:
    graph = Graph({"n": Node("n", "Relu", (), {"epsilon": (1,)})})
    with pytest.raises(ConversionError, match="no node 'm'"):
        graph.node("m")
    with pytest.raises(ConversionError, match=r"node n \(Relu\) has no integer list 'strides'"):
        graph.node("n").ints("strides")
    with pytest.raises(ConversionError, match=r"node n \(Relu\) has no number 'epsilon'"):
        graph.node("n").number("epsilon")
    with pytest.raises(ConversionError, match="n is not a constant"):
        graph.constant("n")
