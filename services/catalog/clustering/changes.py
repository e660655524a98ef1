"""What an insertion or a removal did to the clusters."""

from dataclasses import dataclass, field

import numpy as np

from services.catalog.clustering.similarity import Indices


@dataclass(frozen=True, slots=True)
class ClusterChanges:
    """Faces whose cluster changed, and what became of the clusters.

    A cluster goes by a handle: an int that it keeps while it grows and shrinks, never used twice by one
    `IncrementalDbscan`, and meaningless elsewhere.

    Attributes:
        keys: int64 [k], the faces whose cluster changed, ascending; removed faces are not among them.
        before: int64 [k], handle of each face's cluster before, -1 for noise and for new faces.
        after: int64 [k], handle after, -1 for noise.
        merged: handle that remains -> handles of all clusters that are one now, itself included.
        split: handle before -> handles of the parts that it fell into, two or more; it may be one of them.

    """

    keys: Indices = field(default_factory=lambda: np.empty(0, np.int64))
    before: Indices = field(default_factory=lambda: np.empty(0, np.int64))
    after: Indices = field(default_factory=lambda: np.empty(0, np.int64))
    merged: dict[int, frozenset[int]] = field(default_factory=dict)
    split: dict[int, frozenset[int]] = field(default_factory=dict)
