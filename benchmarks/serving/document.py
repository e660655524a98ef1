"""Renders docs/serving.md from the results."""

from benchmarks.machine import Machine
from benchmarks.markdown import render_markdown
from benchmarks.plain_model import plain_model
from benchmarks.serving.findings import Findings
from models.entries import Task
from models.manifest import load_manifest


def render(findings: Findings, machine: Machine, command: str, queue: int) -> str:
    """Return the document as Markdown.

    Args:
        findings: what was measured.
        machine: on what.
        command: as it can be typed again.
        queue: photos that wait in the detector by default.

    """
    manifest = load_manifest()
    served = [manifest.default(task) for task in Task]
    plain = [plain_model(manifest, task) for task in Task]
    return render_markdown(
        "benchmarks.serving",
        command=command,
        machine=machine,
        served=[f"{model.id} ({model.precision})" for model in served],
        plain=[f"{model.id} ({model.precision})" for model in plain],
        claims=findings.claims(),
        missed=[row for row in findings.rows() if not row.met],
        tables=findings.tables(),
        rounds=len(findings.embedding),
        other_cores=findings.other_cores(),
        queue=queue,
        short_queue=findings.short_queue,
    )
