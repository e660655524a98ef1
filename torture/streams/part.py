"""The part that misuses streams and connections."""

from random import Random
from typing import Final

from torture.honest import troubles_of_honest
from torture.part import Extent, Part
from torture.streams.attacks import ATTACKS
from torture.watch import watched

_ROUNDS_A_REPETITION: Final = 50
_HONEST: Final = 3
# One of each kind, where it breaks most; see docs/torture.md.
_SHORT: Final = (
    "cancelled-catalog",
    "half-open-catalog",
    "abandoned-detector",
    "idle-embedder",
    "stalled-few-catalog",
    "oversized-catalog",
    "oversized-detector",
)


class Streams(Part):
    """Streams that stall, drip, idle and end badly: meanwhile health answers, and honest callers are served."""

    name = "streams"
    target = "streams, connections"

    def cases(self, extent: Extent) -> list[str]:
        """Return one case a misuse and fifty rounds."""
        count = max(1, extent.rounds // _ROUNDS_A_REPETITION)
        return [f"{name}/{number}" for number in range(count) for name in (_SHORT if extent.short else ATTACKS)]

    def attack(self, case: str, generator: Random) -> None:
        """Misuse a service, and be an honest client meanwhile and afterwards."""
        name, attack = ATTACKS[case.partition("/")[0]]
        service = self.arena.service(name)

        def note(trouble: str) -> None:
            self.tally.found(case, trouble)

        with watched(service, self.tally, case, calls=_HONEST):
            with attack(service, generator, note):
                for _ in range(_HONEST):
                    for trouble in troubles_of_honest(service, generator):
                        note(f"meanwhile: {trouble}")
            for trouble in troubles_of_honest(service, generator):
                note(f"afterwards: {trouble}")
        self.tally.rounds += 1
