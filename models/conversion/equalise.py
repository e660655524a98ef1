"""Cross-layer equalisation: makes the channels of a tensor about equally large, so that one scale of bytes fits all.

Each channel between a rectified convolution and a depthwise one can be multiplied by a factor if the weights that read
it are divided by it: the network computes the same. Method: Nagel et al., "Data-Free Quantization Through Weight
Equalization and Bias Correction" (2019). Factors are powers of two here, which change no digit of a weight, and come
from measured activations.
"""

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import numpy_helper

from models.conversion.graph import Array
from models.errors import ConversionError

_MAX_DOUBLINGS = 9


def equalisable_tensors(graph: onnx.GraphProto) -> Mapping[str, tuple[onnx.NodeProto, onnx.NodeProto]]:
    """Return the rectified activations that only a depthwise convolution reads, with the convolutions on both sides."""
    makers = {node.output[0]: node for node in graph.node}
    sizes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    names = [name for node in graph.node for name in node.input]
    around = {}
    for node in graph.node:
        depthwise = node.op_type == "Conv" and sizes[node.input[1]][1] == 1
        relu = makers.get(node.input[0]) if depthwise else None
        if relu and relu.op_type == "Relu" and names.count(node.input[0]) == names.count(relu.input[0]) == 1:
            around[node.input[0]] = makers[relu.input[0]], node
    return around


def doublings(peaks: Array) -> str:
    """Return how often each channel can be doubled, a digit per channel, given the largest value [channels] of each."""
    # A channel that is never positive needs no factor.
    alive = np.where(peaks > 0, peaks, peaks.max())
    return "".join(map(str, np.clip(np.floor(np.log2(peaks.max() / alive)), 0, _MAX_DOUBLINGS).astype(int)))


def equalise(graph: onnx.GraphProto, doubled: Mapping[str, str]) -> onnx.GraphProto:
    """Return an equivalent graph with each channel of the `equalisable_tensors` doubled as often as its digit says.

    Raises:
        ConversionError: the digits are of another graph.

    """
    around = equalisable_tensors(graph)
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    if set(around) != set(doubled):
        odd = min(set(around).symmetric_difference(doubled))
        raise ConversionError(f"the equalisation is of another graph: {odd!r} is only in one of the two")
    for name, (before, after) in around.items():
        weight, bias = before.input[1:3]
        factor = np.exp2([int(digit) for digit in doubled[name]]).astype(np.float32)
        if len(factor) != len(weights[weight]):
            raise ConversionError(f"the equalisation is of another graph: {name!r} has {len(weights[weight])} channels")
        weights[weight] = weights[weight] * factor.reshape(-1, 1, 1, 1)
        weights[bias] = weights[bias] * factor
        weights[after.input[1]] = weights[after.input[1]] / factor.reshape(-1, 1, 1, 1)
    result = onnx.GraphProto()
    result.CopyFrom(graph)
    del result.initializer[:]
    result.initializer.extend(numpy_helper.from_array(values, name) for name, values in weights.items())
    return result
