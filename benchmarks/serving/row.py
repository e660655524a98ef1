"""A claim about the services, its bar, and whether it is met."""

from dataclasses import dataclass
from enum import Enum


class Sense(Enum):
    """On which side of the bar a figure has to be."""

    AT_LEAST = ">="
    AT_MOST = "<="


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table of claims.

    Attributes:
        claim: what is measured.
        figure: the measured value, the median of the rounds.
        bar: what it has to reach, or not to exceed.
        sense: which of the two.
        unit: printed after both figures.
        spread: smallest and largest figure of the rounds.
        cost: where the time goes, or what would have to change; shown where the bar is not met.
        failed: something besides the figure that breaks the claim; empty if nothing does.

    """

    claim: str
    figure: float
    bar: float
    sense: Sense
    unit: str
    spread: tuple[float, float]
    cost: str
    failed: str = ""

    @property
    def met(self) -> bool:
        """Whether the claim holds."""
        reached = self.figure >= self.bar if self.sense is Sense.AT_LEAST else self.figure <= self.bar
        return reached and not self.failed

    def cells(self) -> tuple[str, ...]:
        """Return it as it is printed."""
        low, high = (self._print(value) for value in self.spread)
        verdict = "met" if self.met else "**not met**"
        return (self.claim, f"{self._print(self.figure)} ({low} to {high})", self._bar(), verdict)

    def _bar(self) -> str:
        return f"{self.sense.value} {self._print(self.bar)}"

    def _print(self, value: float) -> str:
        return f"{value:.0f}{self.unit}" if value >= 20 else f"{value:.2f}{self.unit}"
