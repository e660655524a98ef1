"""The parameters of DBSCAN that a library is created with."""

import math
from dataclasses import dataclass
from typing import Final

DEFAULT_EPS: Final = 0.2
DEFAULT_MIN_SAMPLES: Final = 2
DEFAULT_MIN_QUALITY: Final = 0.45
MIN_SAMPLES: Final = 2
MAX_SAMPLES: Final = 100
# Far below the distance of any two pictures of a face, and above what float32 rounds.
MIN_EPS: Final = 1e-6
MAX_EPS: Final = 2.0


@dataclass(frozen=True, slots=True)
class ClusteringParameters:
    """Parameters of DBSCAN, fixed for the life of a library.

    Attributes:
        eps: largest cosine distance of two neighbours, in [0.000001, 2). Far below the distance at which two faces are
            verified as one person (about 0.64), because clusters chain; people are assembled from tight clusters.
        min_samples: neighbours that make a face a core, itself included, 2 to 100. More would cost memory for every
            face, and no face of a photo library has so many true neighbours that it would help.
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
        if not MIN_EPS <= self.eps < MAX_EPS:
            raise ValueError(f"eps must be at least {MIN_EPS:f} and below {MAX_EPS}, got {self.eps}")
        if not MIN_SAMPLES <= self.min_samples <= MAX_SAMPLES:
            raise ValueError(f"min_samples must lie between {MIN_SAMPLES} and {MAX_SAMPLES}, got {self.min_samples}")
        if not 0 <= self.min_quality <= 1:
            raise ValueError(f"min_quality must lie between 0 and 1, got {self.min_quality}")

    @classmethod
    def clamped(cls, eps: float, min_samples: int, min_quality: float) -> "ClusteringParameters":
        """Return these parameters, each brought into its range; one that is no number becomes the default.

        For what an older version stored: a library must open whatever it was told.
        """
        return cls(
            eps=min(max(eps, MIN_EPS), MAX_EPS - MIN_EPS) if math.isfinite(eps) else DEFAULT_EPS,
            min_samples=min(max(min_samples, MIN_SAMPLES), MAX_SAMPLES),
            min_quality=min(max(min_quality, 0.0), 1.0) if math.isfinite(min_quality) else DEFAULT_MIN_QUALITY,
        )
