"""A convolution that is not written down yet, so that affine operations can be folded into it."""

import functools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from models.conversion.builder import GraphBuilder
from models.conversion.graph import Array


@dataclass(frozen=True, slots=True)
class Convolution:
    """A 2-D convolution with its bias; weights [out, in / groups, height, width] and bias [out] are float64.

    Double precision keeps the folding exact until the single rounding to float32 in `emit`. Only element-wise
    operations and sums of a fixed order are used, so every host gets the same bits.
    """

    name: str
    source: str
    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    stride: tuple[int, int]
    same: bool
    groups: int = 1

    def scaled(self, factor: Array) -> "Convolution":
        """Return this one with its output multiplied by ``factor``, a scalar or one number a channel."""
        factor = np.broadcast_to(factor.astype(np.float64), self.bias.shape)
        return replace(self, weight=self.weight * factor[:, None, None, None], bias=self.bias * factor)

    def shifted(self, offset: Array) -> "Convolution":
        """Return this one with ``offset``, a scalar or one number a channel, added to its output."""
        return replace(self, bias=self.bias + offset.astype(np.float64))

    def of_scaled_input(self, factor: float, offset: float) -> "Convolution":
        """Return the convolution that does to x what this one does to ``factor * x + offset``.

        That holds only without padding: a padded zero would have to become ``-offset / factor``.
        """
        taps = self.weight.reshape(len(self.bias), -1).T
        return replace(self, weight=self.weight * factor, bias=self.bias + functools.reduce(np.add, taps) * offset)

    def channels(self, chosen: NDArray[np.intp]) -> "Convolution":
        """Return this convolution (of one group) with only the ``chosen`` output channels, in that order."""
        return replace(self, weight=self.weight[chosen], bias=self.bias[chosen])

    def emit(self, builder: GraphBuilder) -> str:
        """Write the convolution down and return its output tensor."""
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
