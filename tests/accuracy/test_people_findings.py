import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from accuracy.data_source import REFERENCE_DIGEST, DataSource
from accuracy.people.agreement import Agreement
from accuracy.people.comparison import Comparison, compare
from accuracy.people.distractors import Distraction
from accuracy.people.document import render
from accuracy.people.findings import PeopleFindings
from accuracy.people.gallery import Draws, Part
from accuracy.people.plots import best_by_threshold, save_plots
from accuracy.people.rivals import AVERAGE_LINKAGE, DBSCAN, RIVALS
from accuracy.people.sweep import Figure, Sweep, sweep
from benchmarks.machine import Machine
from tests.accuracy.people_examples import crowd

SOURCE = DataSource("reference", REFERENCE_DIGEST, 4)


def figures(pairwise: float, bcubed: float, precision: float = 0.98) -> Agreement:
    return Agreement(precision, 0.9, pairwise, 0.97, 0.96, bcubed)


def comparison(layer: Agreement, part: Part = Part.EVERYONE, size: int | None = 1500) -> Comparison:
    draws = Draws(part, size, (np.arange(size or 4000),))
    sweeps = []
    for rival in RIVALS:
        middle = len(rival.settings) // 2
        every = [figures(0.5, 0.5)] * len(rival.settings)
        every[middle], every[middle + 1] = figures(0.91, 0.93), figures(0.90, 0.94)
        sweeps.append(Sweep(rival, tuple(every)))
    sweeps[2] = replace(sweeps[2], agreements=(figures(0.915, 0.5), *sweeps[2].agreements[1:]))
    return Comparison(draws, 700, layer, {Figure.PAIRWISE: 0.001, Figure.BCUBED: 0.002}, tuple(sweeps))


def findings(layer: Agreement, source: DataSource = SOURCE) -> PeopleFindings:
    curve = (figures(0.9, 0.9), figures(0.8, 0.7))
    distraction = Distraction(
        500, (0, 9), 4, {"people layer": curve, "DBSCAN": curve, "average linkage": curve},
        {"DBSCAN": DBSCAN.settings[0], "average linkage": AVERAGE_LINKAGE.settings[0]},
    )  # fmt: skip
    return PeopleFindings(
        source, tuple(comparison(layer, part, size) for part in Part for size in (500, 1500, None)), distraction
    )


def test_each_figure_has_a_best_setting_of_its_own() -> None:
    (one, *_) = comparison(figures(1, 1)).sweeps
    middle = len(DBSCAN.settings) // 2
    assert one.best(Figure.PAIRWISE) == (DBSCAN.settings[middle], figures(0.91, 0.93))
    assert one.best(Figure.BCUBED) == (DBSCAN.settings[middle + 1], figures(0.90, 0.94))


def test_bars_want_the_strongest_rival_beaten_in_each_figure() -> None:
    verdicts = [bar.verdict for bar in findings(figures(0.9149, 0.9401)).bars() if "above the best" in bar.name]
    assert verdicts == ["not met", "met"] * 6
    names = [bar.name for bar in findings(figures(1, 1)).bars()]
    assert names[0] == "everyone, 500 faces: pairwise F, above the best of Chinese Whispers"


@pytest.mark.parametrize(
    ("layer", "missed"),
    [
        (figures(0.92, 0.965, 0.97), 0),
        (figures(0.92, 0.965, 0.9699), 4),
        (figures(0.9199, 0.965), 2),
        (figures(0.92, 0.9649), 2),
        (figures(0.8999, 0.9499), 8),
    ],
)
def test_goals_are_for_1500_faces_and_for_all(layer: Agreement, missed: int) -> None:
    goals = [bar for bar in findings(layer).bars() if "goal" in bar.name]
    assert len(goals) == 12
    assert sum(not bar.met for bar in goals) == missed


def test_a_sweep_means_over_the_draws_what_each_setting_gives() -> None:
    faces = crowd(6, 3, spread=0.3)
    draws = Draws(Part.EVERYONE, 9, (np.arange(9), np.array([0, 3, 6, 9, 12, 15, 1, 2, 4])))
    advanced: list[None] = []
    one, _ = sweep(faces, draws, (DBSCAN, AVERAGE_LINKAGE), lambda: advanced.append(None))
    assert len(advanced) == 4
    assert one.best(Figure.PAIRWISE)[1].f == 1
    layer = [[figures(0.9, 0.9), figures(0.7, 0.8)], [figures(0.6, 0.6)]]
    compared = compare(faces, draws, layer, (one,))
    assert compared.layer.f == pytest.approx(0.7)
    assert compared.people == (3 + 6) / 2
    assert compared.spread == {Figure.PAIRWISE: pytest.approx(0.2), Figure.BCUBED: pytest.approx(0.1)}


def test_the_page_holds_every_table_and_its_pictures(tmp_path: Path) -> None:
    measured = findings(figures(0.93, 0.97))
    page = render(measured, Machine.here())
    tables = [*measured.tables().values(), *(table for tables in measured.details().values() for table in tables)]
    assert len(tables) == 4 + 6
    for table in tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
        assert table.to_markdown() in page
    assert not re.search(r"\bnan\b|\binf\b", page)
    save_plots(measured, tmp_path / "images")
    pictures = set(re.findall(r"\((images/[^)]+)\)", page))
    assert pictures == {f"images/{path.name}" for path in (tmp_path / "images").iterdir()}


def test_pictures_are_the_same_again_and_their_text_is_text(tmp_path: Path) -> None:
    for name in ("one", "other"):
        save_plots(findings(figures(0.93, 0.97)), tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        drawn = path.read_text("utf-8")
        assert drawn == (tmp_path / "other" / path.name).read_text("utf-8")
        assert "Chinese Whispers" in drawn or "distractors" in path.name
        assert "people layer" in drawn


def test_a_curve_has_the_best_of_the_other_knobs_at_each_threshold() -> None:
    rival = replace(DBSCAN, settings=((1.0, 0.3), (2.0, 0.2), (2.0, 0.3)))
    swept = Sweep(rival, (figures(0.5, 0.9), figures(0.7, 0.7), figures(0.6, 0.8)))
    best = best_by_threshold(swept, Figure.PAIRWISE)
    assert {threshold: one.f for threshold, one in best.items()} == {0.2: 0.7, 0.3: 0.6}
    assert list(best) == [0.2, 0.3]
