"""Runs all measurements of clustering and writes docs/clustering-speed.md: `python -m benchmarks.clustering`."""

import json
import os
import shlex
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from benchmarks.clustering.findings import HUGE, LARGE, PICTOPY, Figures, Findings
from benchmarks.machine import Machine
from benchmarks.markdown import render_markdown
from benchmarks.progress import bars, step
from services.catalog.clustering.parameters import DEFAULT_EPS, DEFAULT_MIN_SAMPLES

_DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "clustering-speed.md"
_DISTANCES_OF: Final = 4000
_LONGEST_SECONDS: Final = 7200
_GROWING: Final = (1_000, 10_000)


def bench(
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds; medians are taken of them.")] = 3,
    reference: Annotated[int, typer.Option(min=2000, max=50_000, help="Faces that scikit-learn gets.")] = 20_000,
    large: Annotated[bool, typer.Option(help="Measure 100,000 faces; three minutes more.")] = True,
    huge: Annotated[bool, typer.Option(help="Measure a million faces; ten minutes and 5 GB more.")] = False,
    full: Annotated[bool, typer.Option(help="Run the million in full instead of sampling; half an hour.")] = False,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Threads of a run or a search.")] = 1,
    seed: Annotated[int, typer.Option(min=0, help="Of the embeddings.")] = 0,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The document to write.")] = _DOCUMENT,
) -> None:
    """Cluster and search synthetic faces, and hold the figures to their bars."""
    console = Console(highlight=False)
    # Side by side, since a machine is not equally fast all the time.
    often = [("scikit_learn", reference)]
    often += [(task, LARGE) for task in ("full_run", "search", "rivals", "changes") if large]
    often += [("full_run", faces) for faces in sorted({*PICTOPY, *_GROWING})]
    often += [(task, faces) for faces in _GROWING for task in ("search", "changes")]
    once = [("limits", _DISTANCES_OF), *([("library", LARGE)] if large else [])]
    once += [
        (task, HUGE) for task in ("full_run" if full else "sampled_run", "search", "rivals", "prebuilt_changes") if huge
    ]
    runs: dict[tuple[str, int], list[Figures]] = defaultdict(list)
    with bars(console) as progress, step(progress, "Clustering", rounds * len(often) + len(once)) as advance:
        for task, faces in once + rounds * often:
            runs[task, faces].append(measure(task, faces, seed, threads))
            advance()
    findings = Findings(runs, reference)
    for table in (findings.claims(), findings.growth(), findings.limits()):
        console.print(table.to_rich())
    text = render_markdown(
        "benchmarks.clustering",
        command=shlex.join(["python", "-m", "benchmarks.clustering", *sys.argv[1:]]),
        machine=Machine.here(),
        claims=findings.claims(),
        growth=findings.growth(),
        limits=findings.limits(),
        distances=findings.distances(),
        rounds=rounds,
        threads=threads,
        reference=reference,
        eps=DEFAULT_EPS,
        min_samples=DEFAULT_MIN_SAMPLES,
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text, "utf-8")
    console.print(f"[dim]Written:[/] {output.name}")


def measure(task: str, faces: int, seed: int, threads: int) -> Figures:
    """Return the figures of one task, run in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.clustering.tasks", task, str(faces), str(seed), str(threads)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, timeout=_LONGEST_SECONDS, env=environment
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    typer.run(bench)
