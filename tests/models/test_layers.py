"""The translation of layers, against plain numpy arithmetic on small networks."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.conversion.builder import GraphBuilder
from models.conversion.graph import Array, Attribute, Graph, Node
from models.conversion.layers import LayerTranslator, ScaledImage
from models.conversion.serialise import serialise
from models.errors import ConversionError
from tests.models.inference import run

SIDE, FACTOR, OFFSET = 7, 0.25, -3.0


def network(*nodes: Node, **constants: Array) -> Graph:
    start = Node("input", "Placeholder", ())
    consts = {name: Node(name, "Const", (), {"value": value}) for name, value in constants.items()}
    return Graph(consts | {node.name: node for node in (start, *nodes)})


def convolution(op: str, padding: str, stride: int, dilation: int = 1) -> Node:
    attributes: dict[str, Attribute] = {
        "padding": padding,
        "strides": (1, stride, stride, 1),
        "dilations": (1, dilation, dilation, 1),
    }
    return Node("conv", op, ("input", "kernel"), attributes)


def translated(graph: Graph, image: NDArray[np.uint8], output: str) -> NDArray[np.float32]:
    builder = GraphBuilder()
    translator = LayerTranslator(graph, builder, {"input": ScaledImage(builder.planar("image"), FACTOR, OFFSET)})
    tensor = translator.tensor(output)
    channels_last = builder.node("Transpose", [tensor], "nhwc", perm=[0, 2, 3, 1])
    shape = ["N", *image.shape[1:]]
    model = serialise(builder.graph("net", ("image", shape), {channels_last: ["N", "h", "w", "c"]}), {})
    return run(model, {"image": image}, ["nhwc"])[0]


def convolved(x: Array, kernel: Array, stride: int, padding: str, *, depthwise: bool) -> Array:
    """TensorFlow's convolution, NHWC, by its definition; SAME puts the odd pixel right and below."""
    height, width = kernel.shape[:2]
    if padding == "SAME":
        pads = [max((-(-SIDE // stride) - 1) * stride + k - SIDE, 0) for k in (height, width)]
        x = np.pad(x, ((0, 0), *((p // 2, p - p // 2) for p in pads), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (height, width), axis=(1, 2))[:, ::stride, ::stride]
    if depthwise:
        out: Array = np.einsum("nyxcij,ijcm->nyxcm", windows, kernel)
        return out.reshape(*out.shape[:3], -1)
    dense: Array = np.einsum("nyxcij,ijco->nyxo", windows, kernel)
    return dense


@settings(deadline=None, max_examples=25)
@given(
    depthwise=st.booleans(),
    padding=st.sampled_from(["SAME", "VALID"]),
    stride=st.integers(1, 2),
    kernel_side=st.integers(1, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_affine_layers_fold_into_the_convolution(
    *, depthwise: bool, padding: str, stride: int, kernel_side: int, seed: int
) -> None:
    random = np.random.default_rng(seed)
    image = random.integers(0, 256, (2, SIDE, SIDE, 3), np.uint8)
    kernel = random.normal(size=(kernel_side, kernel_side, 3, 2))
    channels = 6 if depthwise else 2
    bias, gamma, beta, mean = random.normal(size=(4, channels))
    variance = random.uniform(0.1, 2, channels)
    graph = network(
        convolution("DepthwiseConv2dNative" if depthwise else "Conv2D", padding, stride),
        Node("biased", "BiasAdd", ("conv", "bias")),
        Node("scaled", "Mul", ("scale", "biased")),
        Node("norm", "FusedBatchNorm", ("scaled", "gamma", "beta", "mean", "variance"), {"epsilon": 0.001}),
        Node("out", "Relu6", ("norm",)),
        kernel=kernel,
        bias=bias,
        scale=np.array(0.5),
        gamma=gamma,
        beta=beta,
        mean=mean,
        variance=variance,
    )
    x = convolved(image * FACTOR + OFFSET, kernel, stride, padding, depthwise=depthwise)
    x = ((x + bias) * 0.5 - mean) / np.sqrt(variance + 0.001) * gamma + beta
    np.testing.assert_allclose(translated(graph, image, "out"), np.clip(x, 0, 6), atol=1e-3, rtol=1e-4)


def test_a_convolution_with_two_readers_is_written_once() -> None:
    graph = network(
        convolution("Conv2D", "VALID", 1),
        Node("plus", "Add", ("conv", "one")),
        Node(
            "pooled",
            "MaxPool",
            ("plus",),
            {"padding": "VALID", "ksize": (1, 2, 2, 1), "strides": (1, 2, 2, 1)},
        ),
        Node("relu", "Relu", ("pooled",)),
        Node("sum", "AddN", ("pooled", "relu")),
        Node("more", "Add", ("offset", "sum")),
        Node("joined", "ConcatV2", ("more", "pooled", "axis")),
        kernel=np.ones((1, 1, 3, 2)),
        one=np.array([1.0, -30.0]),
        offset=np.array([10.0, 20.0]),
        axis=np.array(3, np.int32),
    )
    image = np.random.default_rng(0).integers(0, 256, (1, 4, 4, 3), np.uint8)
    plus: Array = np.add((image * FACTOR + OFFSET).sum(axis=-1, keepdims=True), [1.0, -30.0])
    pooled = plus.reshape(1, 2, 2, 2, 2, 2).max(axis=(2, 4))
    expected = np.concatenate([pooled + np.maximum(pooled, 0) + [10, 20], pooled], axis=-1)
    np.testing.assert_allclose(translated(graph, image, "joined"), expected, rtol=1e-5)


@pytest.mark.parametrize(
    "node",
    [
        convolution("Conv2D", "VALID", 1, dilation=2),
        Node("conv", "Softmax", ("input",)),
        Node("conv", "MaxPool", ("input",), {"padding": "SAME"}),
        Node("conv", "ConcatV2", ("input", "input", "axis")),
    ],
)
def test_layers_without_a_translation_are_refused(node: Node) -> None:
    graph = network(node, kernel=np.ones((1, 1, 3, 2)), axis=np.array(1))
    with pytest.raises(ConversionError, match="node conv"):
        translated(graph, np.zeros((1, 4, 4, 3), np.uint8), "conv")


def test_only_a_convolution_can_be_asked_for_as_one() -> None:
    graph = network(Node("relu", "Relu", ("input",)))
    translator = LayerTranslator(graph, GraphBuilder(), {"input": ScaledImage("x", 1, 0)})
    with pytest.raises(ConversionError, match="relu does not end in a convolution"):
        translator.convolution("relu")


def test_a_graph_that_is_not_valid_is_refused() -> None:
    builder = GraphBuilder()
    builder.node("Relu", ["nowhere"], "out")
    with pytest.raises(ConversionError, match="not valid ONNX"):
        serialise(builder.graph("net", ("image", ["N", 1, 1, 3]), {"out": ["N"]}), {})


def test_metadata_is_inside() -> None:
    builder = GraphBuilder()
    builder.planar("image")
    graph = builder.graph("net", ("image", ["N", 1, 1, 3]), {"image_float": ["N", 3, 1, 1]})
    model = onnx.ModelProto.FromString(serialise(graph, {"version": "1", "license": "MIT"}))
    assert {prop.key: prop.value for prop in model.metadata_props} == {"license": "MIT", "version": "1"}
