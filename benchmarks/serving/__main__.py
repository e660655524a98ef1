"""Puts the services under load and writes docs/serving.md: `python -m benchmarks.serving`."""

import asyncio
import shlex
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress

from benchmarks.machine import Machine
from benchmarks.photos import make_photos
from benchmarks.progress import bars, step
from benchmarks.serving import crowd, detection, embedding, health, overload
from benchmarks.serving.crowd import measure_crowd
from benchmarks.serving.detection import measure_detection
from benchmarks.serving.document import render
from benchmarks.serving.embedding import measure_embedding
from benchmarks.serving.findings import Findings
from benchmarks.serving.health import measure_health
from benchmarks.serving.indexing import make_pairs, measure_indexing
from benchmarks.serving.material import Material
from benchmarks.serving.memory import measure_memory
from benchmarks.serving.overload import measure_overload
from benchmarks.serving.services import SHORT, running_services
from clients.cli.console import print_failure
from clients.cli.failure import CommandError
from models.home import samples_dir
from services.detector.settings import DetectorSettings

_DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "serving.md"
_SHORT_QUEUE: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        rounds: of everything but memory.
        seconds: of each measurement of a round.
        photos: that are indexed in a round.
        large: photos made for the detector, of 12 and of 2 megapixels in turn.
        requests: to each service, to see its memory grow.
        memory_seconds: longest time that a service gets for them.

    """

    rounds: int
    seconds: float
    photos: int
    large: int
    requests: int
    memory_seconds: float


def bench(
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds; medians are taken of them.")] = 3,
    seconds: Annotated[float, typer.Option(min=0.2, max=600, help="Seconds of each measurement.")] = 5,
    photos: Annotated[int, typer.Option(min=4, max=10_000, help="Photos indexed in a round.")] = 120,
    requests: Annotated[int, typer.Option(min=10, max=1_000_000, help="Requests to see memory grow.")] = 10_000,
    memory_seconds: Annotated[
        float, typer.Option(min=1, max=7200, help="Longest time for them, for each service.")
    ] = 900,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The document to write.")] = _DOCUMENT,
) -> None:
    """Put the services under load, beside the same models called directly, and hold them to their bars."""
    console = Console(highlight=False)
    plan = Plan(rounds, seconds, photos, 18, requests, memory_seconds)
    try:
        with tempfile.TemporaryDirectory(prefix="albumen-serving-") as folder, bars(console) as progress:
            findings = asyncio.run(measure(Path(folder), progress, plan))
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    for table in (findings.claims(), *findings.tables().values()):
        console.print(table.to_rich())
    command = shlex.join(["python", "-m", "benchmarks.serving", *sys.argv[1:]])
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(findings, Machine.here(), command, _default_queue()), "utf-8")
    console.print(f"[dim]Written:[/] {output.name}")


async def measure(folder: Path, progress: Progress, plan: Plan) -> Findings:
    """Measure everything, with all files in `folder`.

    Raises:
        CommandError: there are no samples, or a service does not serve.

    """
    rounds, seconds = plan.rounds, plan.seconds
    material = Material(samples_dir())
    with step(progress, "Making photos", plan.large) as advance:
        made = make_photos(samples_dir(), folder / "photos", plan.large, advance)
        pairs = make_pairs(material, folder / "pairs", plan.photos)
    twelve, two = made[::2], made[1::2]
    with running_services(folder / "services", _SHORT_QUEUE) as services:
        with step(progress, "Embedding", rounds * embedding.SLICES) as advance:
            embedded = await measure_embedding(services, material, rounds, seconds, advance)
        with step(progress, "Detecting", rounds * detection.SLICES) as advance:
            detected = await measure_detection(services, twelve, rounds, seconds, advance)
        with step(progress, "Indexing", rounds * 2 * plan.photos) as advance:
            indexed = measure_indexing(services, folder, pairs, rounds, advance)
        with step(progress, "Overload", 2 * rounds * overload.SLICES) as advance:
            queues = await measure_overload(services, ("detector", SHORT), two, rounds, seconds, advance)
        with step(progress, "A crowd", rounds * crowd.SLICES) as advance:
            crowds = await measure_crowd(services, two, rounds, seconds, advance)
        with step(progress, "Health checks", rounds * health.SLICES) as advance:
            checks = await measure_health(services, material, two, rounds, seconds, advance)
        with step(progress, "Memory", 3 * plan.requests) as advance:
            growths = await measure_memory(services, material, plan.requests, plan.memory_seconds, advance)
    return Findings(
        embedded, detected, indexed, queues["detector"], queues[SHORT], _SHORT_QUEUE, crowds, checks, growths
    )


def _default_queue() -> int:
    return int(DetectorSettings.model_fields["queue"].get_default(call_default_factory=True, validated_data={}))


if __name__ == "__main__":
    typer.run(bench)
