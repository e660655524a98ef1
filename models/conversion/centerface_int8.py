"""CenterFace with all but its four outputs on bytes: half of the float one's time, a quarter of its size."""

from collections.abc import Mapping, Sequence
from typing import Final

import onnx

from models.conversion import centerface
from models.conversion.calibration import CENTERFACE, read_calibration
from models.conversion.equalise import equalise
from models.conversion.quantise import quantise
from models.conversion.serialise import serialise
from models.conversion.subpixel import rearrange_transposed

# The last convolutions, hardly any work: of the heat map before its sigmoid, and of three outputs that are not bytes.
EXACT: Final = frozenset({"536", "scale", "offset", "landmarks"})


def build(members: Sequence[bytes]) -> onnx.GraphProto:
    """Return the float graph with nothing in it that can't run on bytes; its outputs are those of `centerface`."""
    return rearrange_transposed(centerface.build(members))


def convert(members: Sequence[bytes], metadata: Mapping[str, str]) -> bytes:
    """Convert the one member to quantised ONNX; input and output are those of `centerface.convert`.

    The measured numbers are part of this source tree, so no photos are needed here. Raises ConversionError if the
    network is another one.
    """
    calibration = read_calibration(CENTERFACE)
    graph = equalise(build(members), calibration.doublings)
    return serialise(quantise(graph, calibration.ranges, EXACT), metadata)
