"""Renders docs/benchmarks.md from the results."""

from collections.abc import Sequence
from statistics import median

from benchmarks.findings import Findings
from benchmarks.machine import Machine
from benchmarks.markdown import render_markdown
from benchmarks.photos import MIXTURE
from benchmarks.plain_model import plain_model
from benchmarks.rounds import cpu_ratio, speed_ratio
from benchmarks.run import BASELINES, System
from models.entries import Model, Task
from models.manifest import load_manifest


def render(findings: Findings, machine: Machine, command: str, in_flight: int) -> str:
    """Return the document as Markdown.

    Args:
        findings: what was measured.
        machine: on what.
        command: as it can be typed again.
        in_flight: photos that were on their way at once.

    """
    manifest = load_manifest()
    ratios = {
        system.name.lower(): {
            "speed": _ratios([speed_ratio(one, system) for one in findings.rounds]),
            "cpu": _ratios([cpu_ratio(one, system) for one in findings.rounds]),
        }
        for system in BASELINES
    }
    return render_markdown(
        "benchmarks",
        command=command,
        machine=machine,
        mixture=MIXTURE,
        served=[_model(manifest.default(task)) for task in Task],
        plain=[_model(plain_model(manifest, task)) for task in Task],
        photos=findings.rounds[0][System.SERVICES].photos,
        rounds=len(findings.rounds),
        in_flight=in_flight,
        ratios=ratios,
        tables=findings.tables(),
    )


def _model(model: Model) -> str:
    return f"{model.id} ({model.precision})"


def _ratios(values: Sequence[float]) -> str:
    """Return the median, and the range: one without the other would say more than is known."""
    return f"{median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
