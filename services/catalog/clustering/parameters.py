"""What DBSCAN is asked for."""

from dataclasses import dataclass
from typing import Final

DEFAULT_EPS: Final = 0.35
DEFAULT_MIN_SAMPLES: Final = 2
_MAX_EPS: Final = 2.0


@dataclass(frozen=True, slots=True)
class ClusteringParameters:
    """Parameters of DBSCAN; a library keeps those it was created with.

    Attributes:
        eps: largest cosine distance of two neighbours, in (0, 2). Far below the distance at which two faces are
            verified as one person (about 0.64), since clusters chain.
        min_samples: neighbours that make a face a core, itself included, >= 2.

    Raises:
        ValueError: out of range.

    """

    eps: float = DEFAULT_EPS
    min_samples: int = DEFAULT_MIN_SAMPLES

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 < self.eps < _MAX_EPS:
            raise ValueError(f"eps must lie between 0 and {_MAX_EPS:g}, got {self.eps}")
        if self.min_samples < DEFAULT_MIN_SAMPLES:
            raise ValueError(f"min_samples must be at least {DEFAULT_MIN_SAMPLES}, got {self.min_samples}")
