"""The parameters of DBSCAN that a library is created with."""

from dataclasses import dataclass
from typing import Final

DEFAULT_EPS: Final = 0.2
DEFAULT_MIN_SAMPLES: Final = 2
DEFAULT_MIN_QUALITY: Final = 0.45
_MAX_EPS: Final = 2.0


@dataclass(frozen=True, slots=True)
class ClusteringParameters:
    """Parameters of DBSCAN, fixed for the life of a library.

    Attributes:
        eps: largest cosine distance of two neighbours, in (0, 2). Far below the distance at which two faces are
            verified as one person (about 0.64), because clusters chain; people are assembled from tight clusters.
        min_samples: neighbours that make a face a core, itself included, >= 2.
        min_quality: quality below which a face is left out of clusters, 0 to 1. Embeddings of barely visible faces lie
            close to each other, whoever they are, and would merge strangers into one large person.

    Raises:
        ValueError: out of range.

    """

    eps: float = DEFAULT_EPS
    min_samples: int = DEFAULT_MIN_SAMPLES
    min_quality: float = DEFAULT_MIN_QUALITY

    def __post_init__(self) -> None:
        """Check the ranges."""
        if not 0 < self.eps < _MAX_EPS:
            raise ValueError(f"eps must lie between 0 and {_MAX_EPS:g}, got {self.eps}")
        if self.min_samples < DEFAULT_MIN_SAMPLES:
            raise ValueError(f"min_samples must be at least {DEFAULT_MIN_SAMPLES}, got {self.min_samples}")
        if not 0 <= self.min_quality <= 1:
            raise ValueError(f"min_quality must lie between 0 and 1, got {self.min_quality}")
