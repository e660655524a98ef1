"""Translates the layers of a TensorFlow image network (NHWC) into ONNX (NCHW)."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from models.conversion.builder import GraphBuilder
from models.conversion.convolution import Convolution
from models.conversion.graph import Array, Graph, Node
from models.errors import ConversionError


@dataclass(frozen=True, slots=True)
class ScaledImage:
    """The network's input as its first layer takes it: ``factor * x + offset``, where x is the tensor `name`."""

    name: str
    factor: float
    offset: float


_PAIR = 2
_NHWC_CHANNELS = 3
Value: TypeAlias = str | Convolution | ScaledImage


class LayerTranslator:
    """Adds the layers that lead to a node to a GraphBuilder.

    Batch norms, biases, scalings and the normalisation of the input are folded into the convolutions next to them.

    Args:
        graph: the TensorFlow graph.
        builder: takes the ONNX nodes.
        inputs: the inputs of the network, by name of their node.

    """

    def __init__(self, graph: Graph, builder: GraphBuilder, inputs: dict[str, ScaledImage]) -> None:
        self._graph = graph
        self._builder = builder
        self._values: dict[str, Value] = dict(inputs)

    def tensor(self, name: str) -> str:
        """Translate up to the node `name` and return its tensor.

        Raises:
            ConversionError: a layer is of a kind that is not known.

        """
        return self._emitted(name, self._value(name))

    def convolution(self, name: str) -> Convolution:
        """Translate up to the node `name`, a convolution, and return that without adding it.

        Raises:
            ConversionError: it is no convolution, or a layer is of a kind that is not known.

        """
        value = self._value(name)
        if not isinstance(value, Convolution):
            raise ConversionError(f"node {name} does not end in a convolution")
        return value

    def _value(self, name: str) -> Value:
        for node in self._graph.upstream(name, frozenset(self._values)):
            if node.op != "Const":
                self._values[node.name] = self._translate(node)
        return self._values[name]

    def _emitted(self, name: str, value: Value) -> str:
        """Return the tensor of a value, which is added to the graph now if it was not before."""
        match value:
            case str():
                return value
            case Convolution():
                tensor = value.emit(self._builder)
            case ScaledImage():
                factor = self._builder.constant(f"{value.name}/factor", np.array([value.factor]))
                offset = self._builder.constant(f"{value.name}/offset", np.array([value.offset]))
                tensor = self._builder.node("Mul", [value.name, factor], f"{value.name}/scaled")
                tensor = self._builder.node("Add", [tensor, offset], f"{value.name}/normalised")
        self._values[name] = tensor
        return tensor

    def _translate(self, node: Node) -> Value:
        inputs = node.inputs
        bounds: list[str] = []
        attributes: dict[str, int | tuple[int, ...]] = {}
        match node.op:
            case "Conv2D" | "DepthwiseConv2dNative":
                return self._convolution(node)
            case "BiasAdd" | "Add" | "Mul" | "FusedBatchNorm" if folded := self._folded(node):
                return folded
            case "Add" | "AddN" if len(node.inputs) == _PAIR:
                op = "Add"
            case "Relu":
                op = "Relu"
            case "Relu6":
                op = "Clip"
                bounds = [self._builder.constant(f"relu6/{b}", np.array(b)) for b in (0.0, 6.0)]
            case "ConcatV2" if self._graph.constant(node.inputs[-1]) == _NHWC_CHANNELS:
                op, inputs = "Concat", node.inputs[:-1]
                attributes = {"axis": 1}
            case "MaxPool" if node.attributes.get("padding") == "VALID":
                op = "MaxPool"
                attributes = {"kernel_shape": node.ints("ksize")[1:3], "strides": node.ints("strides")[1:3]}
            case _:
                raise ConversionError(f"node {node.name}: no translation of this use of {node.op}")
        return self._builder.node(op, self._tensors(inputs) + bounds, node.name, **attributes)

    def _tensors(self, names: tuple[str, ...]) -> list[str]:
        constant = self._graph.is_constant
        return [self._constant(n) if constant(n) else self._emitted(n, self._values[n]) for n in names]

    def _constant(self, name: str) -> str:
        """Add a scalar, or one number per channel, in a shape that broadcasts over NCHW."""
        return self._builder.constant(name, self._graph.constant(name).reshape(-1, 1, 1))

    def _convolution(self, node: Node) -> Convolution:
        kernel = self._graph.constant(node.inputs[1]).astype(np.float64)
        if node.op == "Conv2D":
            weight, groups = kernel.transpose(3, 2, 0, 1), 1
        else:
            height, width, groups, multiplier = kernel.shape
            weight = kernel.transpose(2, 3, 0, 1).reshape(groups * multiplier, 1, height, width)
        same = node.attributes.get("padding") == "SAME"
        stride = node.ints("strides")[1], node.ints("strides")[2]
        if set(node.ints("dilations")) != {1}:
            raise ConversionError(f"node {node.name} is a dilated convolution")
        value = self._values[node.inputs[0]]
        bias = np.zeros(len(weight))
        if isinstance(value, ScaledImage) and not same:
            plain = Convolution(node.name, value.name, weight, bias, stride, same, groups)
            return plain.on_scaled_input(value.factor, value.offset)
        source = self._emitted(node.inputs[0], value)
        return Convolution(node.name, source, weight, bias, stride, same, groups)

    def _folded(self, node: Node) -> Convolution | None:
        """Fold an affine node into the convolution before it and return that; None if there is no such convolution."""
        constants = [name for name in node.inputs if self._graph.is_constant(name)]
        sources = [name for name in node.inputs if name not in constants]
        value = self._values[sources[0]] if len(sources) == 1 else None
        if not isinstance(value, Convolution):
            return None
        arrays: list[Array] = [self._graph.constant(name) for name in constants]
        if node.op == "Mul":
            return value.scaled(arrays[0])
        if node.op == "FusedBatchNorm":
            gamma, beta, mean, variance = (array.astype(np.float64) for array in arrays)
            factor = gamma / np.sqrt(variance + node.number("epsilon"))
            return value.scaled(factor).shifted(beta - mean * factor)
        return value.shifted(arrays[0])
