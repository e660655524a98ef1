"""Renders docs/accuracy-people.md from the results."""

from accuracy.people.distractors import RIVALS_QUALITY
from accuracy.people.findings import PeopleFindings
from accuracy.people.sweep import Figure
from benchmarks.machine import Machine
from benchmarks.markdown import render_markdown


def render(findings: PeopleFindings, machine: Machine) -> str:
    """Return the page as Markdown; it expects the plots in images/ beside it."""
    bars = findings.bars()
    return render_markdown(
        "accuracy.people",
        machine=machine,
        tables=findings.tables(),
        details=findings.details(),
        parts=findings.parts(),
        source=findings.source,
        comparisons=findings.comparisons,
        figures=list(Figure),
        distraction=findings.distraction,
        quality=RIVALS_QUALITY,
        met=sum(bar.met for bar in bars),
        bars=len(bars),
    )
