"""Static int8 quantisation of a convolutional network, written as QuantizeLinear / DequantizeLinear pairs.

Activations are unsigned bytes with one scale per tensor, weights signed bytes with one scale per output channel: the
pair that x86 multiplies in one instruction. Method: Jacob et al., "Quantization and Training of Neural Networks
for Efficient Integer-Arithmetic-Only Inference" (2018). Runtimes fuse each pair into the operation beside it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from models.conversion.graph import Array
from models.errors import ConversionError

Range = tuple[float, float]

# Operations that run on bytes. The others, an embedder's pooling and last matrix, are a thousandth of the work.
_ON_BYTES = frozenset({"Conv", "Relu", "Add", "Concat", "MaxPool", "DepthToSpace"})
_BYTE_STEPS = 255
_WEIGHT_STEPS = 127


def quantised_tensors(graph: onnx.GraphProto) -> tuple[str, ...]:
    """Return the names of the activations that `quantise` turns into bytes, in the order of the graph."""
    readers: defaultdict[str, set[str]] = defaultdict(set)
    for node in graph.node:
        for name in node.input:
            readers[name].add(node.op_type)
    # A tensor that only a Relu reads stays float, so that a runtime can fuse the Relu into the operation before it.
    return tuple(
        node.output[0]
        for node in graph.node
        if node.op_type in _ON_BYTES and readers[node.output[0]] & _ON_BYTES and readers[node.output[0]] != {"Relu"}
    )


def quantise(graph: onnx.GraphProto, ranges: Mapping[str, Range], floats: Collection[str] = ()) -> onnx.GraphProto:
    """Return the quantised graph of a float one.

    A convolution whose input or output stays float keeps float weights.

    Args:
        graph: takes a byte image as `GraphBuilder.planar` writes it.
        ranges: smallest and largest value of each of the `quantised_tensors`, except for `floats`.
        floats: names of activations that stay float.

    Raises:
        ConversionError: the ranges are of another graph.

    """
    wanted = set(quantised_tensors(graph)).difference(floats)
    if wanted != set(ranges):
        odd = min(wanted.symmetric_difference(ranges))
        raise ConversionError(f"the activation ranges are of another graph: {odd!r} is only in one of the two")
    return _Quantiser(graph, ranges, floats).graph()


class _Quantiser:
    def __init__(self, graph: onnx.GraphProto, ranges: Mapping[str, Range], floats: Collection[str]) -> None:
        self._source = graph
        self._ranges = ranges
        # A convolution and its Relu are one operation, so what lies between them is as the Relu's output.
        rectified = {node.input[0] for node in graph.node if node.op_type == "Relu" and node.output[0] in floats}
        self._exact = rectified.union(floats)
        self._floats = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}
        self._scales: dict[str, Array] = {}

    def graph(self) -> onnx.GraphProto:
        for node in self._source.node:
            if node.op_type == "Cast":
                # The bytes of the image are a quantised tensor already, with a scale of 1.
                self._scales[node.output[0]] = np.array(1, np.float32)
                self._dequantise(node.input[0], node.output[0], np.array(1, np.float32), np.array(0, np.uint8))
            elif node.op_type == "Conv" and node.input[0] in self._scales and node.output[0] not in self._exact:
                self._convolution(node)
            else:
                self._copy(node, node.input)
        return helper.make_graph(
            self._nodes, self._source.name, self._source.input, self._source.output, list(self._constants.values())
        )

    def _convolution(self, node: onnx.NodeProto) -> None:
        source, weight_name, bias_name = node.input
        weight = self._floats[weight_name].astype(np.float64)
        largest = np.abs(weight).reshape(len(weight), -1).max(axis=1)
        scale = (np.where(largest > 0, largest, 1) / _WEIGHT_STEPS).astype(np.float32)
        steps = np.rint(weight / scale.astype(np.float64).reshape(-1, 1, 1, 1))
        self._dequantised_constant(weight_name, np.clip(steps, -_WEIGHT_STEPS, _WEIGHT_STEPS).astype(np.int8), scale)
        # The bias takes the scale of the sum of products, so that a runtime can add it before it rounds.
        bias_scale = scale * self._scales[source]
        bias = np.rint(self._floats[bias_name].astype(np.float64) / bias_scale.astype(np.float64))
        self._dequantised_constant(bias_name, bias.astype(np.int32), bias_scale)
        self._copy(node, [source, f"{weight_name}/float", f"{bias_name}/float"])

    def _copy(self, node: onnx.NodeProto, inputs: Iterable[str]) -> None:
        """Add a copy of a node, followed by the pair that turns its output into bytes if that has a range."""
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        del copy.input[:]
        copy.input.extend(inputs)
        for name in copy.input:
            if name in self._floats:
                self._constant(name, self._floats[name])
        output = node.output[0]
        if output in self._ranges:
            copy.output[0] = f"{output}/exact"
        self._nodes.append(copy)
        if output in self._ranges:
            scale, zero = _step(*self._ranges[output])
            self._scales[output] = scale
            inputs = [f"{output}/exact", *self._parameters(output, scale, zero)]
            self._nodes.append(helper.make_node("QuantizeLinear", inputs, [f"{output}/bytes"], name=f"{output}/bytes"))
            self._dequantise(f"{output}/bytes", output, scale, zero)

    def _dequantised_constant(self, name: str, steps: Array, scale: NDArray[np.float32]) -> None:
        self._constant(name, steps)
        self._dequantise(name, f"{name}/float", scale, np.zeros(len(scale), steps.dtype))

    def _dequantise(self, source: str, output: str, scale: Array, zero: Array) -> None:
        inputs = [source, *self._parameters(output, scale, zero)]
        node = helper.make_node("DequantizeLinear", inputs, [output], name=f"{output}/of_bytes")
        if scale.ndim:
            node.attribute.append(helper.make_attribute("axis", 0))
        self._nodes.append(node)

    def _parameters(self, name: str, scale: Array, zero: Array) -> tuple[str, str]:
        return self._constant(f"{name}/scale", scale), self._constant(f"{name}/zero", zero)

    def _constant(self, name: str, values: Array) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values).reshape(values.shape), name)
        return name


def _step(low: float, high: float) -> tuple[Array, Array]:
    """Return the size of a step and the byte that stands for 0, which must be exact: padding is made of it."""
    low, high = min(low, 0.0), max(high, 0.0)
    scale = np.array((high - low) / _BYTE_STEPS or 1.0, np.float32)
    return scale, np.array(np.rint(-low / float(scale)), np.uint8)
