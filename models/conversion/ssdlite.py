"""Converts SSDLite MobileNet v2, a detector of COCO's objects, from a TensorFlow.js graph model.

Network: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (2018); boxes as in Liu et
al., "SSD: Single Shot MultiBox Detector" (2016), coded as in the TensorFlow object detection API.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.conversion.builder import GraphBuilder
from models.conversion.graph import Array, Graph
from models.conversion.layers import LayerTranslator, ScaledImage
from models.conversion.serialise import serialise
from models.conversion.tfjs import read_tfjs
from models.errors import ConversionError

_SIDE = 300
_HEADS = 6
# After a background class 0 the network scores COCO's ids 1-90, ten of which were never annotated.
_UNUSED_IDS = frozenset({12, 26, 29, 30, 45, 66, 68, 69, 71, 83})
_CLASS_IDS = np.array([number for number in range(1, 91) if number not in _UNUSED_IDS])
_NETWORK_CLASSES = 91


def convert(members: Sequence[bytes], metadata: Mapping[str, str]) -> bytes:
    """Convert ``model.json`` and its shards to ONNX.

    Input ``image``: uint8 [N, 300, 300, 3], RGB; normalised inside. Outputs, float32, for each of 1917 anchors:
    ``boxes`` [N, 1917, 4] as (y_min, x_min, y_max, x_max) in fractions of the image, not clipped to it; ``scores``
    [N, 1917, 80], a probability for each COCO class in the order of the manifest's class names.

    Args:
        members: ``model.json``, then its shards in order.
        metadata: written into the result.

    Raises:
        ConversionError: the source is another network.

    """
    topology, *shards = members
    graph = read_tfjs(topology, shards)
    builder = GraphBuilder()
    scale = float(graph.constant("Preprocessor/mul/x"))
    image = ScaledImage(builder.planar("image"), factor=scale, offset=-float(graph.constant("Preprocessor/sub/y")))
    layers = LayerTranslator(graph, builder, {"Preprocessor/sub": image})

    anchors = graph.constant("Postprocessor/ExpandDims").astype(np.float64)
    codes = _concatenated(builder, layers, "BoxEncodingPredictor", "codes", 4)
    logits = _concatenated(builder, layers, "ClassPredictor", "logits", _NETWORK_CLASSES)
    builder.node("Sigmoid", [logits], "scores")
    _decode(builder, graph, codes, anchors)
    count = anchors.shape[1]
    outputs = {"boxes": ["N", count, 4], "scores": ["N", count, len(_CLASS_IDS)]}
    return serialise(builder.graph("ssdlite", ("image", ["N", _SIDE, _SIDE, 3]), outputs), metadata)


def _concatenated(builder: GraphBuilder, layers: LayerTranslator, predictor: str, name: str, width: int) -> str:
    """Add the heads of one predictor as one tensor [N, anchors, width], with the 80 classes that COCO annotates."""
    kept = _CLASS_IDS if width == _NETWORK_CLASSES else np.arange(width)
    shape = builder.constant(f"{name}/shape", np.array([0, -1, len(kept)]))
    parts = []
    for head in range(_HEADS):
        convolution = layers.convolution(f"BoxPredictor_{head}/{predictor}/BiasAdd")
        channels = len(convolution.bias)
        if channels % width:
            raise ConversionError(f"head {head} of {predictor} has {channels} channels: no multiple of {width}")
        chosen = (np.arange(0, channels, width)[:, None] + kept).reshape(-1)
        tensor = convolution.channels(chosen).emit(builder)
        tensor = builder.node("Transpose", [tensor], f"{name}/{head}/nhwc", perm=[0, 2, 3, 1])
        parts.append(builder.node("Reshape", [tensor, shape], f"{name}/{head}"))
    return builder.node("Concat", parts, name, axis=1)


def _decode(builder: GraphBuilder, graph: Graph, codes: str, anchors: NDArray[np.float64]) -> None:
    """Add ``boxes``: each code moves and stretches its anchor [1, anchors, (y_min, x_min, y_max, x_max)]."""
    size = anchors[..., 2:] - anchors[..., :2]
    centre = anchors[..., :2] + size / 2
    reciprocal = "ConstantFolding/Postprocessor/Decode/{}_recip"
    move = graph.constant(reciprocal.format("div")).astype(np.float64)
    stretch = graph.constant(reciprocal.format("div_2")).astype(np.float64)

    def operate(op: str, tensor: str, constant: Array, output: str) -> str:
        return builder.node(op, [tensor, builder.constant(f"{output}/by", constant)], output)

    def columns(begin: int, end: int, output: str) -> str:
        bounds = [builder.constant(f"decode/{bound}", np.array([bound])) for bound in (begin, end, 2)]
        return builder.node("Slice", [codes, *bounds], output)

    moved = operate("Mul", columns(0, 2, "decode/shift_code"), size * move, "decode/shift")
    moved = operate("Add", moved, centre, "decode/centre")
    grown = operate("Mul", columns(2, 4, "decode/size_code"), stretch, "decode/log_growth")
    grown = operate("Mul", builder.node("Exp", [grown], "decode/growth"), size / 2, "decode/half")
    corners = [
        builder.node("Sub", [moved, grown], "decode/low"),
        builder.node("Add", [moved, grown], "decode/high"),
    ]
    builder.node("Concat", corners, "boxes", axis=2)
