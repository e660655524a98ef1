"""A clustering method that the people layer is compared with, and its settings."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from accuracy.people.distances import Distances
from accuracy.people.face_set import Labels

Setting: TypeAlias = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """A method, and the settings that it is tried with.

    Attributes:
        name: what it is called.
        knobs: what the numbers of a setting are; the last one is its main threshold.
        settings: as many numbers each as there are knobs.
        cluster: yields for each setting, in their order, the cluster of each face, int64 [n]; negative for noise.

    """

    name: str
    knobs: tuple[str, ...]
    settings: tuple[Setting, ...]
    cluster: Callable[[Distances, Sequence[Setting]], Iterator[Labels]]

    def describe(self, setting: Setting) -> str:
        """Return a setting as it is shown."""
        return ", ".join(f"{knob} {value:g}" for knob, value in zip(self.knobs, setting, strict=True))
