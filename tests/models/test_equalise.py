"""Equalisation of a small network: it computes the same, and its channels become about equally large."""

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from models.conversion.activation_ranges import measure_peaks
from models.conversion.builder import GraphBuilder
from models.conversion.equalise import doublings, equalisable_tensors, equalise
from models.conversion.serialise import serialise
from models.errors import ConversionError
from tests.models.inference import run

SHAPE = ("N", 16, 16, 3)


@pytest.fixture(scope="module")
def graph() -> onnx.GraphProto:
    """Channels of very different sizes between a convolution and a depthwise one, and a tensor with two readers."""
    random = np.random.default_rng(0)
    builder = GraphBuilder()

    def convolution(source: str, shape: tuple[int, int, int, int], name: str, groups: int = 1) -> str:
        weight = random.normal(0, 0.1, shape) * np.exp2(-random.integers(0, 7, shape[0])).reshape(-1, 1, 1, 1)
        inputs = [
            source,
            builder.constant(f"{name}/weight", weight),
            builder.constant(f"{name}/bias", weight[:, 0, 0, 0]),
        ]
        convolved = builder.node("Conv", inputs, name, group=groups, auto_pad="SAME_UPPER")
        return builder.node("Relu", [convolved], f"{name}/relu")

    first = convolution(builder.planar("image"), (8, 3, 3, 3), "first")
    second = convolution(first, (8, 1, 3, 3), "second", groups=8)
    third = convolution(second, (8, 1, 3, 3), "third", groups=8)
    builder.node("Concat", [second, third], "features", axis=1)
    return builder.graph("small", ("image", SHAPE), {"features": ["N", 16, 16, 16]})


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (4, *SHAPE[1:]), np.uint8)


def test_computes_the_same_with_channels_of_one_size(graph: onnx.GraphProto, images: NDArray[np.uint8]) -> None:
    assert tuple(equalisable_tensors(graph)) == ("first/relu",)
    before = measure_peaks(graph, ["first/relu"], [images[:1], images[1:]])["first/relu"]
    equal = equalise(graph, {"first/relu": doublings(before)})
    after = measure_peaks(equal, ["first/relu"], [images])["first/relu"]
    assert before.min() < before.max() / 16
    assert after.max() == pytest.approx(before.max())
    assert after.min() > after.max() / 2
    found, wanted = (run(serialise(one, {}), {"image": images}, ["features"])[0] for one in (equal, graph))
    np.testing.assert_allclose(found, wanted, rtol=1e-6)


def test_doublings_leave_a_dead_channel_alone_and_stop_at_nine() -> None:
    assert doublings(np.array([8.0, 4.0, 3.0, 0.0, 1e-9])) == "01109"


@pytest.mark.parametrize("digits", [{}, {"first/relu": "123"}, {"first/relu": "0" * 8, "nowhere": "0"}])
def test_digits_of_another_graph_are_refused(graph: onnx.GraphProto, digits: dict[str, str]) -> None:
    with pytest.raises(ConversionError, match=r"of another graph: '(first/relu|nowhere)'"):
        equalise(graph, digits)
