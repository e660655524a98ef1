"""How a figure grows with the library: constant, with its logarithm, or in proportion."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, Self

import numpy as np

_LEAST_SIZES: Final = 3
# Two measurements of the same differ by as much; a curve has to explain more than that.
_NOISE: Final = 0.1


class Shape(Enum):
    """What a figure does as the library grows."""

    CONSTANT = "constant"
    LOGARITHMIC = "logarithmic"
    LINEAR = "linear"


@dataclass(frozen=True, slots=True)
class Growth:
    """The curve that fits best.

    Attributes:
        shape: of the curve.
        base: the figure of an empty library; of a logarithmic curve, of one photo.
        slope: what every photo adds; of a logarithmic curve, what ten times as many add; 0 if it is constant.

    """

    shape: Shape
    base: float
    slope: float

    @classmethod
    def fit(cls, figures: Mapping[int, float]) -> Self | None:
        """Fit the curves by least squares, and return the best; None if there are fewer than three sizes.

        A constant is the best if the figures lie within a tenth of it, root mean square, or if they fall. Otherwise
        whichever of the other two leaves less is.

        Args:
            figures: number of photos -> figure.

        """
        if len(figures) < _LEAST_SIZES:
            return None
        sizes = np.array(sorted(figures), float)
        values = np.array([figures[size] for size in sorted(figures)])
        mean = float(values.mean())
        if _left(values, np.full_like(values, mean)) <= _NOISE * abs(mean):
            return cls(Shape.CONSTANT, mean, 0.0)
        found = []
        for shape, scale in ((Shape.LOGARITHMIC, np.log10(sizes)), (Shape.LINEAR, sizes)):
            slope, base = np.polyfit(scale, values, 1).tolist()
            found.append((_left(values, base + slope * scale), cls(shape, base, slope)))
        best = min(found, key=lambda each: each[0])[1]
        return best if best.slope > 0 else cls(Shape.CONSTANT, mean, 0.0)

    def __str__(self) -> str:
        """Return it as it is printed, for photos in thousands or in tens of times."""
        if self.shape is Shape.CONSTANT:
            return f"constant: {self.base:.3g}"
        if self.shape is Shape.LINEAR:
            return f"linear: {self.base:.3g} + {1000 * self.slope:.3g} a thousand"
        return f"logarithmic: {self.slope:.3g} for ten times as many"


def _left(values: np.ndarray[tuple[int], np.dtype[np.float64]], fitted: object) -> float:
    """Return the root mean square of what a curve leaves."""
    return float(np.sqrt(np.mean(np.square(values - np.asarray(fitted, np.float64)))))
