"""The results of grouping people, with their bars and tables."""

from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Final

from accuracy.bar import Bar
from accuracy.data_source import DataSource
from accuracy.people.agreement import Agreement
from accuracy.people.comparison import Comparison
from accuracy.people.distractors import LAYER, Distraction
from accuracy.people.gallery import Part
from accuracy.people.rival import Setting
from accuracy.people.sweep import Figure
from benchmarks.table import Table

PRECISION: Final = 0.97
_GOALS: Final = {1500: (0.92, 0.965), None: (0.90, 0.95)}


@dataclass(frozen=True, slots=True)
class PeopleFindings:
    """The results.

    Attributes:
        source: the data that was measured.
        comparisons: by part and size.
        distraction: what strangers do to a gallery.

    """

    source: DataSource
    comparisons: tuple[Comparison, ...]
    distraction: Distraction

    def parts(self) -> list[Part]:
        """Return the parts of the people that were measured."""
        return list(dict.fromkeys(one.draws.part for one in self.comparisons))

    def bars(self) -> list[Bar]:
        """Return the bars, met or not: to be above the best of every rival, and the goals."""
        return [bar for one in self.comparisons for bar in (*_above(one), *_goals(one))]

    def tables(self) -> Mapping[str, Table]:
        """Return the tables by name: a summary of each part, the distractors and the bars."""
        tables = {part.name.lower(): self._summary(part) for part in self.parts()}
        tables["distractors"] = self._distractors()
        rows = tuple(bar.row() for bar in self.bars())
        return tables | {"bars": Table("People: bars", ("bar", "wanted", "measured", "verdict"), rows)}

    def details(self) -> Mapping[Part, tuple[Table, ...]]:
        """Return a table of all figures for each part and size."""
        return {part: tuple(_detail(one) for one in self._of(part)) for part in self.parts()}

    def _of(self, part: Part) -> list[Comparison]:
        return [one for one in self.comparisons if one.draws.part is part]

    def _summary(self, part: Part) -> Table:
        chosen = self._of(part)
        columns = ("method", *(f"{figure.heading}, {one.draws.title}" for one in chosen for figure in Figure))
        rows = [(LAYER, *(f"{figure.of(one.layer):.3f}" for one in chosen for figure in Figure))]
        for sweeps in zip(*(one.sweeps for one in chosen), strict=True):
            best = [figure.of(sweep.best(figure)[1]) for sweep in sweeps for figure in Figure]
            rows.append((sweeps[0].rival.name, *(f"{value:.3f}" for value in best)))
        return Table(f"People: {part}, rivals at their best threshold per size and figure", columns, tuple(rows))

    def _distractors(self) -> Table:
        one = self.distraction
        columns = ("method", *(f"+{added:,}" for added in one.added))
        rows = [
            (f"{_name(name, one.settings)}: {figure.heading}", *(f"{figure.of(value):.3f}" for value in curve))
            for figure in Figure
            for name, curve in one.curves.items()
        ]
        return Table(f"People: {one.gallery} faces among others", columns, tuple(rows))


def _name(name: str, settings: Mapping[str, Setting]) -> str:
    return f"{name} at {settings[name][-1]:g}" if name in settings else name


def _above(one: Comparison) -> Iterator[Bar]:
    for figure in Figure:
        rival, best = one.strongest(figure)
        yield Bar(f"{_where(one)}: {figure.heading}, above the best of {rival}", figure.of(one.layer), best)


def _goals(one: Comparison) -> Iterator[Bar]:
    if one.draws.size in _GOALS:
        yield Bar(f"{_where(one)}: pairwise precision, goal", one.layer.precision, PRECISION)
        for figure, goal in zip(Figure, _GOALS[one.draws.size], strict=True):
            yield Bar(f"{_where(one)}: {figure.heading}, goal", figure.of(one.layer), goal)


def _where(one: Comparison) -> str:
    return f"{one.draws.part}, {one.draws.title} faces"


def _detail(one: Comparison) -> Table:
    rows = [(LAYER, "default", *_cells(one.layer))]
    for sweep in one.sweeps:
        for figure in Figure:
            setting, best = sweep.best(figure)
            rows.append((f"{sweep.rival.name}, best {figure.heading}", sweep.rival.describe(setting), *_cells(best)))
    columns = ("method", "setting", "P", "R", "F", "BCubed P", "BCubed R", "BCubed F")
    return Table(f"{one.draws.title} faces of {one.people:,.0f} people", columns, tuple(rows))


def _cells(one: Agreement) -> Iterator[str]:
    return (f"{value:.3f}" for value in astuple(one))
