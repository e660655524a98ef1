"""What was attacked, and what broke."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from benchmarks.table import Table

# The case of what is found when all others are done: which of them did it, the logs may tell.
END: Final = "end"

_LONGEST_TEXT = 400


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that broke.

    Attributes:
        part: which part found it.
        case: which case of it.
        text: what was seen.

    """

    part: str
    case: str
    text: str

    def command(self, seed: int) -> str:
        """Return what runs this case again, or the part if it takes all cases."""
        case = "" if self.case == END else f" CASE={self.case}"
        return f"make torture SEED={seed} ONLY={self.part}{case}"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """The most that was seen of something, beside what it may be.

    Attributes:
        seen: the most.
        limit: what it may be.
        unit: of both.

    """

    seen: float
    limit: float
    unit: str

    def __str__(self) -> str:
        """Return it for the table, for example ``238 of 900 MB``."""
        return f"{self.seen:,.0f} of {self.limit:,.0f} {self.unit}"


@dataclass(slots=True)
class Tally:
    """The account of one part.

    Attributes:
        part: its name.
        target: what it attacks.
        rounds: attacks that were made.
        findings: what broke.
        ceilings: the most that was seen, by name.
        counts: what else was counted, by name.

    """

    part: str
    target: str
    rounds: int = 0
    findings: list[Finding] = field(default_factory=list)
    ceilings: dict[str, Ceiling] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def found(self, case: str, text: str) -> None:
        """Note what broke, once for each case."""
        finding = Finding(self.part, case, text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}…")
        if finding not in self.findings:
            self.findings.append(finding)

    def check(self, case: str, name: str, seen: float, limit: float, unit: str) -> None:
        """Note how much of something was seen, and that it broke if that is over the limit."""
        known = self.ceilings.get(name)
        if known is None or seen / limit > known.seen / known.limit:
            self.ceilings[name] = Ceiling(seen, limit, unit)
        if seen > limit:
            self.found(case, f"{name}: {seen:,.1f} {unit}, and its ceiling is {limit:,.1f}")


def summary(tallies: Sequence[Tally]) -> Table:
    """Return the table that ends a run."""
    return Table(
        "Torture",
        ("part", "attacked", "rounds", "findings", "most seen"),
        tuple(
            (
                tally.part,
                tally.target,
                f"{tally.rounds:,}",
                str(len(tally.findings)),
                "\n".join(_seen(tally)),
            )
            for tally in tallies
        ),
    )


def _seen(tally: Tally) -> Iterator[str]:
    for name, ceiling in tally.ceilings.items():
        yield f"{name}: {ceiling}"
    for name, count in sorted(tally.counts.items()):
        yield f"{name}: {count:,}"
