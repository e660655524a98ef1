"""What users said of people, as far as it decides whose a face may be and which one stands for a person."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.catalog.people.correction import Correction, Pairs
from services.catalog.people.days import EVER


@dataclass(frozen=True, slots=True)
class Said:
    """What holds until a user takes it back.

    Attributes:
        curated: people whom a user named, hid, merged, split or told apart, or whose faces a user sorted: nothing but
            a user takes them apart or makes one of two of them.
        apart: pairs of people, the lower number first, whom a user said not to be the same.
        births: day on which a person was born, by number, of those of whom a user said it; see `days`. All are curated.
        covers: face that is to stand for a person, by number, of those for whom a user chose one; whosever it is now.

    """

    curated: frozenset[int] = frozenset()
    apart: Pairs = frozenset()
    births: Mapping[int, int] = field(default_factory=dict)
    covers: Mapping[int, int] = field(default_factory=dict)

    def after(self, correction: Correction) -> "Said":
        """Return what holds once `correction` is carried out."""
        births = {**self.births, **correction.births}
        covers = {**self.covers, **correction.covers}
        return Said(
            self.curated | correction.curated,
            (self.apart - correction.reconciled) | correction.apart,
            {person: birth for person, birth in births.items() if birth != EVER},
            {person: face for person, face in covers.items() if face},
        )
