"""FaceNet (Inception-ResNet v1) from David Sandberg's frozen TensorFlow graph.

Network: Schroff et al., "FaceNet: A Unified Embedding for Face Recognition and Clustering" (2015), in the
architecture of Szegedy et al., "Inception-v4, Inception-ResNet" (2016).
"""

from collections.abc import Mapping, Sequence

import numpy as np

from models.conversion.builder import GraphBuilder
from models.conversion.graphdef import read_graphdef
from models.conversion.layers import LayerTranslator, ScaledImage
from models.conversion.serialise import serialise

_ROOT = "InceptionResnetV1"
_NORM = f"{_ROOT}/Bottleneck/BatchNorm/cond/FusedBatchNorm_1"
_SIDE = 160


def convert(members: Sequence[bytes], metadata: Mapping[str, str]) -> bytes:
    """Convert the one member, a GraphDef, to ONNX.

    Input ``crops``: uint8 [N, 160, 160, 3], RGB. The normalisation (x - 127.5) / 128 of the network's
    training is folded into the first convolution, which has no padding. Output ``embeddings``: float32 [N,
    512] of length 1. Raises ConversionError if the graph is another one.
    """
    (data,) = members
    graph = read_graphdef(data)
    builder = GraphBuilder()
    image = ScaledImage(builder.planar("crops"), factor=1 / 128, offset=-127.5 / 128)
    features = LayerTranslator(graph, builder, {"input": image}).tensor(f"{_ROOT}/Block8/add")
    pooled = builder.node("GlobalAveragePool", [features], f"{_ROOT}/Logits/pool")
    flat = builder.node("Flatten", [pooled], f"{_ROOT}/Logits/flatten")

    norm = graph.node(_NORM)
    gamma, beta, mean, variance = (graph.constant(name).astype(np.float64) for name in norm.inputs[1:])
    factor = gamma / np.sqrt(variance + norm.number("epsilon"))
    weight = graph.constant(f"{_ROOT}/Bottleneck/weights").astype(np.float64) * factor
    bottleneck = builder.node(
        "Gemm",
        [
            flat,
            builder.constant(f"{_ROOT}/Bottleneck/weight", weight),
            builder.constant(f"{_ROOT}/Bottleneck/bias", beta - mean * factor),
        ],
        f"{_ROOT}/Bottleneck",
    )
    shortest = np.sqrt(graph.constant("embeddings/Maximum/y").astype(np.float64))
    length = builder.node("ReduceL2", [bottleneck], "embeddings/length", axes=[1], keepdims=1)
    length = builder.node("Clip", [length, builder.constant("embeddings/shortest", shortest)], "embeddings/divisor")
    builder.node("Div", [bottleneck, length], "embeddings")
    dimension = weight.shape[1]
    onnx_graph = builder.graph("facenet", ("crops", ["N", _SIDE, _SIDE, 3]), {"embeddings": ["N", dimension]})
    return serialise(onnx_graph, metadata)
