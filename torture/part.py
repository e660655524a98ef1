"""What the parts of the harness have in common."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from torture.arena import Arena
from torture.files import troubles_of_files
from torture.tally import END, Tally


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done.

    Attributes:
        rounds: kills of the catalog; messages a method; a disk is filled once for every five, and streams are attacked
            once for every fifty.
        mutations: mutated images a codec.
        short: whether only what fits into `make test` is done.

    """

    rounds: int = 200
    mutations: int = 500
    short: bool = False


class Part(ABC):
    """One kind of attack, made of cases that can be replayed each by itself.

    Args:
        arena: where the services run.
        tally: takes what is found.

    Attributes:
        name: of the part, as `--only` takes it.
        target: what is attacked.

    """

    name: ClassVar[str]
    target: ClassVar[str]

    def __init__(self, arena: Arena, tally: Tally) -> None:
        self.arena = arena
        self.tally = tally

    @abstractmethod
    def cases(self, extent: Extent) -> list[str]:
        """Return the names of the cases, in the order in which they are run."""

    @abstractmethod
    def attack(self, case: str, generator: Random) -> None:
        """Run one case, and tell the tally what breaks.

        Args:
            case: one of `cases`, or of those of a larger extent.
            generator: all that is drawn is drawn from it.

        """

    def end(self, generator: Random) -> None:
        """End the services that the cases shared, and look into the libraries; tell the tally what is wrong."""
        for trouble in (
            *self.arena.end_services(),
            *troubles_of_files(self.arena.folder / "libraries", generator),
        ):
            self.tally.found(END, trouble)


def generator_of(seed: int, part: str, case: str) -> Random:
    """Return the generator of one case: the same for a seed, whatever ran before it."""
    return Random(f"{seed}/{part}/{case}")
