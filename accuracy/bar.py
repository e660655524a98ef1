"""A figure and the value that it has to reach."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure and the least that is wanted of it.

    Attributes:
        name: what is measured.
        value: what was measured.
        least: what is wanted.
        digits: decimals to show.

    """

    name: str
    value: float
    least: float
    digits: int = 4

    @property
    def met(self) -> bool:
        """Whether the figure reaches it."""
        return self.value >= self.least

    @property
    def verdict(self) -> str:
        """What to show of it."""
        return "met" if self.met else "not met"

    def row(self) -> tuple[str, str, str, str]:
        """Return name, wanted, measured and verdict."""
        return self.name, f"≥ {self.least:.{self.digits}f}", f"{self.value:.{self.digits}f}", self.verdict
