"""Converts FaceNet (Inception-ResNet v1), an embedder of faces, from David Sandberg's frozen TensorFlow graph.

Network: Schroff et al., "FaceNet: A Unified Embedding for Face Recognition and Clustering" (2015), in the
architecture of Szegedy et al., "Inception-v4, Inception-ResNet" (2016).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import onnx

from models.conversion.builder import GraphBuilder
from models.conversion.calibration import FACENET, read_calibration
from models.conversion.graph import Array
from models.conversion.graphdef import read_graphdef
from models.conversion.layers import LayerTranslator, ScaledImage
from models.conversion.serialise import serialise

_ROOT = "InceptionResnetV1"
_NORM = f"{_ROOT}/Bottleneck/BatchNorm/cond/FusedBatchNorm_1"
_SIDE = 160
_MIN_LENGTH = "embeddings/shortest"


def convert(members: Sequence[bytes], metadata: Mapping[str, str]) -> bytes:
    """Convert a GraphDef to ONNX with centred embeddings; input and output are those of `build`.

    Args:
        members: the one source file.
        metadata: written into the result.

    Raises:
        ConversionError: the source is another network.

    """
    return serialise(build(members, read_calibration(FACENET).mean), metadata)


def build(members: Sequence[bytes], mean: Array | None = None) -> onnx.GraphProto:
    """Return the graph of a GraphDef.

    Input ``crops``: uint8 [N, 160, 160, 3], RGB. The normalisation of the network's training, (x - 127.5) / 128, is
    folded into the first convolution, which has no padding. Output ``embeddings``: float32 [N, 512] of length 1.

    Args:
        members: the one source file.
        mean: the mean embedding of many faces, float64 [512]. It is subtracted from each embedding, which is then
            brought to length 1 again: all faces share it, so it tells nobody apart, but makes all look alike a little.

    Raises:
        ConversionError: the source is another network.

    """
    (data,) = members
    graph = read_graphdef(data)
    builder = GraphBuilder()
    image = ScaledImage(builder.planar("crops"), factor=1 / 128, offset=-127.5 / 128)
    features = LayerTranslator(graph, builder, {"input": image}).tensor(f"{_ROOT}/Block8/add")
    pooled = builder.node("GlobalAveragePool", [features], f"{_ROOT}/Logits/pool")
    flat = builder.node("Flatten", [pooled], f"{_ROOT}/Logits/flatten")

    # The last matrix and its batch norm become one.
    norm = graph.node(_NORM)
    gamma, beta, average, variance = (graph.constant(name).astype(np.float64) for name in norm.inputs[1:])
    factor = gamma / np.sqrt(variance + norm.number("epsilon"))
    weight = graph.constant(f"{_ROOT}/Bottleneck/weights").astype(np.float64) * factor
    bottleneck = builder.node(
        "Gemm",
        [
            flat,
            builder.constant(f"{_ROOT}/Bottleneck/weight", weight),
            builder.constant(f"{_ROOT}/Bottleneck/bias", beta - average * factor),
        ],
        f"{_ROOT}/Bottleneck",
    )
    min_length = np.sqrt(graph.constant("embeddings/Maximum/y").astype(np.float64))
    builder.constant(_MIN_LENGTH, min_length)
    if mean is None:
        _unit(builder, bottleneck, "embeddings")
    else:
        inputs = [_unit(builder, bottleneck, "direction"), builder.constant("embeddings/mean", mean)]
        _unit(builder, builder.node("Sub", inputs, "centred"), "embeddings")
    dimension = weight.shape[1]
    return builder.graph("facenet", ("crops", ["N", _SIDE, _SIDE, 3]), {"embeddings": ["N", dimension]})


def _unit(builder: GraphBuilder, vectors: str, name: str) -> str:
    """Add the normalisation of vectors to length 1; return the result's tensor."""
    length = builder.node("ReduceL2", [vectors], f"{name}/length", axes=[1], keepdims=1)
    length = builder.node("Clip", [length, _MIN_LENGTH], f"{name}/divisor")
    return builder.node("Div", [vectors, length], name)
