"""FaceNet (Inception-ResNet v1) from David Sandberg's frozen TensorFlow graph.

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
_SHORTEST = "embeddings/shortest"


def convert(members: Sequence[bytes], metadata: Mapping[str, str]) -> bytes:
    """Convert the one member, a GraphDef, to ONNX; see `build`. The embeddings are centred."""
    return serialise(build(members, read_calibration(FACENET).mean), metadata)


def build(members: Sequence[bytes], mean: Array | None = None) -> onnx.GraphProto:
    """Return the graph of the one member, a GraphDef.

    Input ``crops``: uint8 [N, 160, 160, 3], RGB. The normalisation (x - 127.5) / 128 of the network's
    training is folded into the first convolution, which has no padding. Output ``embeddings``: float32 [N,
    512] of length 1. Raises ConversionError if the graph is another one.

    With a ``mean``, the embedding of the average face, that is subtracted and what is left is brought to length 1
    again. It is what all faces share, so it tells nobody apart, but makes everybody look a little alike.
    """
    (data,) = members
    graph = read_graphdef(data)
    builder = GraphBuilder()
    image = ScaledImage(builder.planar("crops"), factor=1 / 128, offset=-127.5 / 128)
    features = LayerTranslator(graph, builder, {"input": image}).tensor(f"{_ROOT}/Block8/add")
    pooled = builder.node("GlobalAveragePool", [features], f"{_ROOT}/Logits/pool")
    flat = builder.node("Flatten", [pooled], f"{_ROOT}/Logits/flatten")

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
    shortest = np.sqrt(graph.constant("embeddings/Maximum/y").astype(np.float64))
    builder.constant(_SHORTEST, shortest)
    if mean is None:
        _unit(builder, bottleneck, "embeddings")
    else:
        inputs = [_unit(builder, bottleneck, "direction"), builder.constant("embeddings/mean", mean)]
        _unit(builder, builder.node("Sub", inputs, "centred"), "embeddings")
    dimension = weight.shape[1]
    return builder.graph("facenet", ("crops", ["N", _SIDE, _SIDE, 3]), {"embeddings": ["N", dimension]})


def _unit(builder: GraphBuilder, vectors: str, name: str) -> str:
    """Bring vectors to length 1."""
    length = builder.node("ReduceL2", [vectors], f"{name}/length", axes=[1], keepdims=1)
    length = builder.node("Clip", [length, _SHORTEST], f"{name}/divisor")
    return builder.node("Div", [vectors, length], name)
