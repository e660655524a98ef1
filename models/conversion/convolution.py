"""A convolution that is not yet part of the graph, so that affine operations can be folded into it."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.conversion.builder import GraphBuilder
from models.conversion.graph import Array


@dataclass(frozen=True, slots=True)
class Convolution:
    """A 2-D convolution with its bias.

    Folding is done in float64 and rounded once to float32, in `emit`. Only element-wise operations and sums of a fixed
    order are used, so that every machine gets the same bits.

    Attributes:
        name: of its output tensor.
        source: its input tensor.
        weight: float64 [out, in / groups, height, width].
        bias: float64 [out].
        stride: vertical and horizontal.
        same: whether the input is padded so that a stride of 1 keeps its size.
        groups: number of groups of channels.

    """

    name: str
    source: str
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    stride: tuple[int, int]
    same: bool
    groups: int = 1

    def scaled(self, factor: Array) -> "Convolution":
        """Return the convolution with its output multiplied by `factor`, a scalar or one number per channel."""
        factor = np.broadcast_to(factor.astype(np.float64), self.bias.shape)
        return replace(self, weight=self.weight * factor[:, None, None, None], bias=self.bias * factor)

    def shifted(self, offset: Array) -> "Convolution":
        """Return the convolution with `offset`, a scalar or one number per channel, added to its output."""
        return replace(self, bias=self.bias + offset.astype(np.float64))

    def on_scaled_input(self, factor: float, offset: float) -> "Convolution":
        """Return the convolution that maps x to what this one maps ``factor * x + offset`` to.

        Only right without padding: a padded zero would have to become ``-offset / factor``.
        """
        taps = self.weight.reshape(len(self.bias), -1).T
        return replace(self, weight=self.weight * factor, bias=self.bias + functools.reduce(np.add, taps) * offset)

    def channels(self, chosen: NDArray[np.intp]) -> "Convolution":
        """Return the convolution, of one group, with the `chosen` output channels only, in that order."""
        return replace(self, weight=self.weight[chosen], bias=self.bias[chosen])

    def emit(self, builder: GraphBuilder) -> str:
        """Add the convolution to the graph and return its output tensor."""
        inputs = [
            self.source,
            builder.constant(f"{self.name}/weight", self.weight),
            builder.constant(f"{self.name}/bias", self.bias),
        ]
        return builder.node(
            "Conv",
            inputs,
            self.name,
            kernel_shape=self.weight.shape[2:],
            strides=self.stride,
            group=self.groups,
            auto_pad="SAME_UPPER" if self.same else "VALID",
        )
