"""Quantisation of a small network against its float original."""

from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray

from models.conversion.activation_ranges import measure_ranges, measure_usual_ranges
from models.conversion.builder import GraphBuilder
from models.conversion.calibration import CENTERFACE, FACENET, Calibration, read_calibration
from models.conversion.quantise import quantise, quantised_tensors
from models.conversion.serialise import serialise
from models.errors import ConversionError
from tests.models.inference import run

SHAPE = ("N", 16, 16, 3)


@pytest.fixture(scope="module")
def graph() -> onnx.GraphProto:
    """Two branches that are joined, added to their source and pooled: every operation that runs on bytes."""
    random = np.random.default_rng(0)
    builder = GraphBuilder()

    def convolution(source: str, channels: int, out: int, name: str) -> str:
        weight = builder.constant(f"{name}/weight", random.normal(0, 0.2, (out, channels, 3, 3)))
        bias = builder.constant(f"{name}/bias", random.normal(0, 0.2, out))
        return builder.node("Conv", [source, weight, bias], name, kernel_shape=(3, 3), auto_pad="SAME_UPPER")

    scale = builder.constant("first/weight", random.normal(0, 0.002, (8, 3, 1, 1)))
    first = builder.node("Conv", [builder.planar("image"), scale, builder.constant("first/bias", np.zeros(8))], "first")
    first = builder.node("Relu", [first], "first/relu")
    left = builder.node("Relu", [convolution(first, 8, 4, "left")], "left/relu")
    right = convolution(first, 8, 4, "right")
    joined = builder.node("Concat", [left, right], "joined", axis=1)
    total = builder.node("Relu", [builder.node("Add", [first, joined], "total")], "total/relu")
    pooled = builder.node("MaxPool", [total], "pooled", kernel_shape=(2, 2), strides=(2, 2))
    builder.node("GlobalAveragePool", [convolution(pooled, 8, 6, "last")], "features")
    return builder.graph("small", ("image", SHAPE), {"features": ["N", 6, 1, 1]})


@pytest.fixture(scope="module")
def images() -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (32, *SHAPE[1:]), np.uint8)


def features(graph: onnx.GraphProto, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    return run(serialise(graph, {}), {"image": images}, ["features"])[0].reshape(len(images), -1)


def test_what_only_a_relu_or_floats_read_stays_float(graph: onnx.GraphProto) -> None:
    assert quantised_tensors(graph) == ("first/relu", "left/relu", "right", "joined", "total/relu", "pooled")


def test_ranges_hold_every_value(graph: onnx.GraphProto, images: NDArray[np.uint8]) -> None:
    ranges = measure_ranges(graph, ["right", "total/relu"], [images[:20], images[20:]])
    assert ranges["total/relu"][0] == 0
    assert ranges["right"][0] < 0 < ranges["right"][1]
    whole = measure_ranges(graph, ["right"], [images])
    assert whole["right"] == pytest.approx(ranges["right"])


def test_convolutions_before_and_behind_a_float_keep_float_weights(
    graph: onnx.GraphProto, images: NDArray[np.uint8]
) -> None:
    floats = {"left/relu", "joined", "total/relu", "pooled"}
    ranges = measure_ranges(graph, [name for name in quantised_tensors(graph) if name not in floats], [images])
    weights = {tensor.name: tensor.data_type for tensor in quantise(graph, ranges, floats).initializer}
    assert weights["left/weight"] == weights["last/weight"] == onnx.TensorProto.FLOAT
    assert weights["first/weight"] == weights["right/weight"] == onnx.TensorProto.INT8
    assert np.abs(features(graph, images) - features(quantise(graph, ranges, floats), images)).max() < 0.05


def test_usual_ranges_are_averages_of_batches(graph: onnx.GraphProto, images: NDArray[np.uint8]) -> None:
    parts = [measure_ranges(graph, ["right"], [batch])["right"] for batch in (images[:20], images[20:])]
    usual = measure_usual_ranges(graph, ["right"], [images[:20], images[20:]])
    assert usual["right"] == pytest.approx(np.mean(parts, 0))


def test_bytes_give_nearly_what_floats_give(graph: onnx.GraphProto, images: NDArray[np.uint8]) -> None:
    ranges = measure_ranges(graph, quantised_tensors(graph), [images])
    exact, quantised = features(graph, images), features(quantise(graph, ranges), images)
    assert np.abs(exact - quantised).max() < 0.02 * np.abs(exact).max()
    narrow = {name: (low / 3, high / 3) if name == "joined" else (low, high) for name, (low, high) in ranges.items()}
    assert np.abs(exact - features(quantise(graph, narrow), images)).max() > 0.02 * np.abs(exact).max()


@pytest.mark.parametrize("change", [{"right": None}, {"nowhere": (0.0, 1.0)}])
def test_ranges_of_another_graph_are_refused(graph: onnx.GraphProto, change: dict[str, tuple[float, float]]) -> None:
    ranges = dict.fromkeys(quantised_tensors(graph), (0.0, 1.0)) | change
    ranges = {name: values for name, values in ranges.items() if values}
    with pytest.raises(ConversionError, match=r"of another graph: '(right|nowhere)'"):
        quantise(graph, ranges)


@pytest.mark.parametrize("source", [FACENET, CENTERFACE])
def test_a_calibration_reads_as_it_was_written(source: Path, tmp_path: Path) -> None:
    written = read_calibration(source)
    path = tmp_path / "calibration.toml"
    path.write_text(Calibration(written.mean, written.ranges, written.doublings).text(["A remark."]), "utf-8")
    read = read_calibration(path)
    assert np.array_equal(read.mean, written.mean)
    assert read.ranges == written.ranges
    assert read.doublings == written.doublings
    assert bool(read.mean.size) == (source == FACENET)
    assert bool(read.doublings) == (source == CENTERFACE)
