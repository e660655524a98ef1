"""Builds an ONNX graph, node by node."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.conversion.graph import Array

Shape: TypeAlias = Sequence[int | str]


class GraphBuilder:
    """An ONNX graph under construction; methods that add something return the name of its tensor."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, values: Array) -> str:
        """Add a constant tensor, floats as float32, unless there is one of that name."""
        if name not in self._constants:
            values = values.astype(np.float32) if values.dtype == np.float64 else values
            self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def node(self, op: str, inputs: Sequence[str], output: str, **attributes: int | str | Sequence[int]) -> str:
        """Add an operation with one output."""
        self._nodes.append(helper.make_node(op, inputs, [output], name=output))
        self._nodes[-1].attribute.extend(helper.make_attribute(key, value) for key, value in sorted(attributes.items()))
        return output

    def planar(self, image: str) -> str:
        """Turn a uint8 NHWC image into float32 NCHW, transposed while it is still bytes."""
        return self.node(
            "Cast",
            [self.node("Transpose", [image], f"{image}_planar", perm=[0, 3, 1, 2])],
            f"{image}_float",
            to=TensorProto.FLOAT,
        )

    def graph(self, name: str, image: tuple[str, Shape], outputs: Mapping[str, Shape]) -> onnx.GraphProto:
        """Return the finished graph.

        Args:
            name: of the graph.
            image: name and shape of the uint8 input; a string in a shape is a free dimension.
            outputs: name and shape of each float32 output.

        """
        return helper.make_graph(
            self._nodes,
            name,
            [helper.make_tensor_value_info(image[0], TensorProto.UINT8, image[1])],
            [helper.make_tensor_value_info(key, TensorProto.FLOAT, shape) for key, shape in outputs.items()],
            list(self._constants.values()),
        )
