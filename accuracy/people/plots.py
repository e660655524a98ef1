"""Plots the results of grouping people, as SVG whose text stays text."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from accuracy.people.agreement import Agreement
from accuracy.people.comparison import Comparison
from accuracy.people.distractors import LAYER
from accuracy.people.findings import PeopleFindings
from accuracy.people.sweep import Figure, Sweep

# Okabe and Ito's colours, which people with any colour vision can tell apart; the people layer is black.
_COLOURS: Final = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00")
_LAYER: Final = "#000000"
_LOWEST: Final = 0.8
_THRESHOLDS: Final = (0.2, 0.7)


def save_plots(findings: PeopleFindings, folder: Path) -> None:
    """Write people-sweep-PART.svg, people-plane-PART.svg and people-distractors.svg."""
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context(
        {
            "svg.hashsalt": "albumen",
            "svg.fonttype": "none",
            "font.size": 9,
            "axes.grid": True,
            "grid.color": "#DDDDDD",
            "axes.spines.top": False,
            "axes.spines.right": False,
        }
    ):
        for part in findings.parts():
            chosen = [one for one in findings.comparisons if one.draws.part is part]
            name = part.replace(" ", "-")
            _save(_panels(chosen, _sweep), folder / f"people-sweep-{name}.svg")
            _save(_panels(chosen, _plane), folder / f"people-plane-{name}.svg")
        _save(_distractors(findings), folder / "people-distractors.svg")


def best_by_threshold(sweep: Sweep, figure: Figure) -> dict[float, Agreement]:
    """Return for each value of the last knob the best of the settings that have it, ascending."""
    best: dict[float, Agreement] = {}
    for setting, one in zip(sweep.rival.settings, sweep.agreements, strict=True):
        if setting[-1] not in best or figure.of(one) > figure.of(best[setting[-1]]):
            best[setting[-1]] = one
    return dict(sorted(best.items()))


def point(one: Agreement, figure: Figure) -> tuple[float, float]:
    """Return recall and precision, of the kind that the figure is made of."""
    if figure is Figure.PAIRWISE:
        return one.recall, one.precision
    return one.bcubed_recall, one.bcubed_precision


def _panels(chosen: Sequence[Comparison], draw: Callable[[Axes, Comparison, Figure], None]) -> Picture:
    """Draw a row for each figure and a column for each size, with one legend."""
    picture = Picture(figsize=(3.2 * len(chosen), 6), layout="constrained")
    panels = picture.subplots(len(Figure), len(chosen), squeeze=False)
    for row, figure in zip(panels, Figure, strict=True):
        for axes, one in zip(row, chosen, strict=True):
            draw(axes, one, figure)
            axes.set_title(f"{one.draws.title} faces")
    _legend(picture, panels[0][0])
    return picture


def _sweep(axes: Axes, one: Comparison, figure: Figure) -> None:
    axes.axhline(figure.of(one.layer), color=_LAYER, label=LAYER)
    for sweep, colour in zip(one.sweeps, _COLOURS, strict=True):
        best = best_by_threshold(sweep, figure)
        axes.plot(list(best), [figure.of(value) for value in best.values()], color=colour, label=sweep.rival.name)
    axes.set(xlabel="threshold, cosine distance", ylabel=figure.heading, xlim=_THRESHOLDS, ylim=(_LOWEST, 1))


def _plane(axes: Axes, one: Comparison, figure: Figure) -> None:
    axes.plot(*point(one.layer, figure), "*", color=_LAYER, markersize=11, zorder=3, label=LAYER)
    for sweep, colour in zip(one.sweeps, _COLOURS, strict=True):
        recalls, precisions = zip(
            *(point(value, figure) for value in best_by_threshold(sweep, figure).values()), strict=True
        )
        axes.plot(recalls, precisions, ".-", color=colour, markersize=3, linewidth=1, label=sweep.rival.name)
    kind = "pairwise" if figure is Figure.PAIRWISE else "BCubed"
    axes.set(xlabel=f"{kind} recall", ylabel=f"{kind} precision", xlim=(_LOWEST, 1.005), ylim=(_LOWEST, 1.005))


def _distractors(findings: PeopleFindings) -> Picture:
    one = findings.distraction
    picture = Picture(figsize=(9.6, 3.4), layout="constrained")
    panels = picture.subplots(1, len(Figure))
    for axes, figure in zip(panels, Figure, strict=True):
        for (name, curve), colour in zip(one.curves.items(), (_LAYER, *_COLOURS[:: len(_COLOURS) - 1]), strict=True):
            axes.plot(one.added, [figure.of(value) for value in curve], "o-", color=colour, markersize=3, label=name)
        axes.set(xlabel="faces of others added", ylabel=figure.heading, title=f"the {one.gallery} faces of the gallery")
    _legend(picture, panels[0])
    return picture


def _legend(picture: Picture, axes: Axes) -> None:
    handles, labels = axes.get_legend_handles_labels()
    picture.legend(handles, labels, loc="outside lower center", ncols=len(labels), frameon=False)


def _save(picture: Picture, path: Path) -> None:
    picture.savefig(path, format="svg", metadata={"Date": None})
