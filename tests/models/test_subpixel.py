"""Only the transposed convolutions that can be rearranged are; that the result is the same, `test_centerface` shows."""

import numpy as np
import pytest

from models.conversion.builder import GraphBuilder
from models.conversion.subpixel import rearrange_transposed
from models.errors import ConversionError


def test_a_stride_shorter_than_the_kernel_is_refused() -> None:
    builder = GraphBuilder()
    weight = builder.constant("weight", np.zeros((3, 4, 3, 3)))
    name = builder.node("ConvTranspose", [builder.planar("image"), weight], "grown", strides=[2, 2])
    ones = [builder.constant(part, np.ones(4)) for part in ("gamma", "beta", "mean", "variance")]
    name = builder.node("BatchNormalization", [name, *ones], "normalised")
    builder.node("Relu", [name], "features")
    graph = builder.graph("small", ("image", ["N", 8, 8, 3]), {"features": ["N", 4, 17, 17]})
    with pytest.raises(ConversionError, match="grown is not one that can be rearranged"):
        rearrange_transposed(graph)
