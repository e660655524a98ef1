"""Runs the benchmark and writes docs/benchmarks.md: `python -m benchmarks`."""

import shlex
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.document import render
from benchmarks.findings import Findings
from benchmarks.machine import Machine
from benchmarks.photos import make_photos
from benchmarks.progress import bars, step
from benchmarks.rounds import run_rounds
from benchmarks.run import System
from benchmarks.size import EXTRAS, measure_sizes
from benchmarks.stack import running_stack
from benchmarks.stages import measure_stages
from benchmarks.startup import measure_startups
from clients.cli.console import print_failure
from clients.cli.failure import CommandError
from models.home import samples_dir

_DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "benchmarks.md"


def bench(
    photos: Annotated[int, typer.Option(min=3, max=10_000, help="Photos a round.")] = 40,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds; medians are taken of them.")] = 3,
    starts: Annotated[int, typer.Option(min=1, max=100, help="Starts of the services.")] = 3,
    in_flight: Annotated[int, typer.Option(min=1, max=8, help="Photos on their way at once.")] = 4,
    skip_size: Annotated[bool, typer.Option("--skip-size", help="Leave out sizes, which need a network.")] = False,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The document to write.")] = _DOCUMENT,
) -> None:
    """Measure speed, memory, start and size of the services, beside the same models in plain code."""
    console = Console(highlight=False)
    try:
        with tempfile.TemporaryDirectory(prefix="albumen-bench-") as folder, bars(console) as progress:
            findings = measure(Path(folder), progress, photos, rounds, starts, in_flight, skip_size=skip_size)
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    for table in findings.tables().values():
        console.print(table.to_rich())
    command = shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(findings, Machine.here(), command, in_flight), "utf-8")
    console.print(f"[dim]Written:[/] {output.name}")


def measure(
    folder: Path, progress: Progress, photos: int, rounds: int, starts: int, in_flight: int, *, skip_size: bool
) -> Findings:
    """Measure everything, with all files in `folder`."""
    with step(progress, "Making photos", photos) as advance:
        paths = make_photos(samples_dir(), folder / "photos", photos, advance)
    with step(progress, "Starting the services", starts) as advance:
        startups = measure_startups(folder / "starts", starts, advance)
    with running_stack(folder / "stack") as stack:
        idle = stack.usage()
        with step(progress, "Indexing", rounds * len(System) * photos) as advance:
            passes = run_rounds(stack, paths, rounds, in_flight, advance)
        used = stack.usage()
    with step(progress, "Measuring each step", photos + 2) as advance:
        stages = measure_stages(folder / "stages", paths, advance)
    sizes = []
    if not skip_size:
        with step(progress, "Installing each extra", len(EXTRAS)) as advance:
            sizes = measure_sizes(folder / "size", advance)
    return Findings(passes, idle, used, startups, stages, sizes)


if __name__ == "__main__":
    typer.run(bench)
