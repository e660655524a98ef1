"""The page that a full run leaves behind about people."""

from importlib.resources import files
from typing import Final

import jinja2

from accuracy.people.distractors import RIVALS_QUALITY
from accuracy.people.findings import PeopleFindings
from accuracy.people.gallery import Part
from accuracy.people.sweep import Figure
from benchmarks.machine import Machine

_TEMPLATE: Final = files("accuracy.people").joinpath("document.md.j2").read_text("utf-8")


def render(findings: PeopleFindings, machine: Machine) -> str:
    """Return the page as Markdown; it expects the plots in images/ beside it."""
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - the document is Markdown of our own figures
    )  # fmt: skip
    bars = findings.bars()
    return environment.from_string(_TEMPLATE).render(
        machine=machine,
        tables=findings.tables(),
        details=findings.details(),
        parts=list(Part),
        comparisons=findings.comparisons,
        figures=list(Figure),
        distraction=findings.distraction,
        quality=RIVALS_QUALITY,
        met=sum(bar.met for bar in bars),
        bars=len(bars),
    )
