"""Converts CenterFace, a detector of faces with five landmarks, from its own ONNX file.

Network: Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point" (2019).
"""

from collections.abc import Mapping, Sequence

import onnx
from google.protobuf.message import DecodeError

from models.conversion.builder import GraphBuilder, Shape
from models.conversion.serialise import serialise
from models.errors import ConversionError

_INPUT = "input.1"
_OUTPUTS = {"537": ("heatmap", 1), "538": ("scale", 2), "539": ("offset", 2), "540": ("landmarks", 10)}


def convert(members: Sequence[bytes], metadata: Mapping[str, str]) -> bytes:
    """Convert an ONNX file with a fixed 32 x 32 input to one that takes images of any size.

    Input ``image``: uint8 [N, H, W, 3], RGB, H and W multiples of 32, not normalised. Outputs, float32
    [N, channels, H/4, W/4], one cell for 4 x 4 pixels: ``heatmap``, the probability of a face's centre; ``scale``,
    the natural logarithm of its (height, width) in cells; ``offset``, of the centre (y, x) from the cell's in cells;
    ``landmarks``, five points (y, x) in fractions of the box from its top left corner.

    Args:
        members: the one source file.
        metadata: written into the result.

    Raises:
        ConversionError: the source is another network.

    """
    return serialise(build(members), metadata)


def build(members: Sequence[bytes]) -> onnx.GraphProto:
    """Return the graph that `convert` writes; see there."""
    (data,) = members
    try:
        source = onnx.ModelProto.FromString(data).graph
    except DecodeError as error:
        raise ConversionError(f"not an ONNX file: {error}") from error
    if {output.name for output in source.output} != set(_OUTPUTS):
        raise ConversionError("the ONNX file is not the CenterFace that this converter knows")

    builder = GraphBuilder()
    builder.planar("image")
    names = {_INPUT: "image_float"} | {old: new for old, (new, _) in _OUTPUTS.items()}
    outputs: dict[str, Shape] = {new: ["N", channels, "rows", "columns"] for new, channels in _OUTPUTS.values()}
    graph = builder.graph("centerface", ("image", ["N", "H", "W", 3]), outputs)
    for node in source.node:
        copy = graph.node.add()
        copy.CopyFrom(node)
        copy.input[:] = [names.get(name, name) for name in node.input]
        copy.output[:] = [names.get(name, name) for name in node.output]
    used = {name for node in source.node for name in node.input}
    graph.initializer.extend(weights for weights in source.initializer if weights.name in used)
    return graph
