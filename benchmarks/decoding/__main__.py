"""Compares decoding in processes with decoding in threads: `python -m benchmarks.decoding`.

Two detectors run side by side, one of each kind, and get the same photos in turn. On a machine that others use, only
processor time a photo can be trusted; the table says how busy they were.
"""

import asyncio
import dataclasses
import io
import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer
from PIL import Image

from benchmarks.photos import make_photos
from benchmarks.serving.detection import detect_call
from benchmarks.serving.load import closed_loop, p99
from benchmarks.serving.meter import Meter
from benchmarks.serving.services import Services
from benchmarks.serving.spent import Spent
from benchmarks.stack import free_addresses
from benchmarks.table import Table
from clients.cli.commands.up import service_commands
from clients.cli.console import print_failure
from clients.cli.failure import CommandError
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.stop import Stop
from models.home import samples_dir
from services.detector.settings import DetectorSettings

_IN_FLIGHT: Final = 4
_IMAGE_MEMORY: Final = DetectorSettings.variable("image_memory_mib")
_SMALL_SIDE: Final = 250
_THREADS: Final = "threads"
_PROCESSES: Final = "processes"
# One thread more than cores serves photos that are on their way between processes; there is no such way in threads.
_WAYS: Final[Mapping[str, Mapping[str, str]]] = {
    _THREADS: {"ALBUMEN_DETECTOR_DECODERS": "0", "ALBUMEN_DETECTOR_WORKERS": str(os.cpu_count() or 1)},
    _PROCESSES: {},
}


@dataclass(frozen=True, slots=True)
class Run:
    """One round of one way: what it took, and the seconds of each call."""

    spent: Spent
    calls: Sequence[float]


def bench(
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds; medians are taken of them.")] = 5,
    seconds: Annotated[float, typer.Option(min=0.2, max=600, help="Seconds of each measurement.")] = 5,
    only: Annotated[str, typer.Option(help="Part of the names of the photos to detect in.")] = "",
) -> None:
    """Detect in the same photos with decoders that are processes and with ones that are threads."""
    try:
        with tempfile.TemporaryDirectory(prefix="albumen-decoding-") as folder:
            sets = {name: files for name, files in _photos(Path(folder)).items() if only in name}
            with _detectors(Path(folder)) as services:
                runs = asyncio.run(measure(services, sets, rounds, seconds))
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    print(_table(runs).to_markdown())


async def measure(
    services: Services, sets: Mapping[str, Sequence[bytes]], rounds: int, seconds: float
) -> dict[str, dict[str, list[Run]]]:
    """Take turns between the ways, `seconds` each; return the runs of each set of photos and way."""
    runs: dict[str, dict[str, list[Run]]] = {name: {way: [] for way in _WAYS} for name in sets}
    for round_ in range(rounds + 1):
        for name, files in sets.items():
            # Who comes first finds a cooler machine.
            for way in _WAYS if round_ % 2 else reversed(tuple(_WAYS)):
                run = await _run(services, way, files, seconds)
                # The first round warms up.
                if round_:
                    runs[name][way].append(run)
    return runs


async def _run(services: Services, way: str, files: Sequence[bytes], seconds: float) -> Run:
    calls: list[float] = []
    async with services.channel(way) as channel:
        detect = detect_call(channel, files, crops=True)

        async def timed() -> int:
            started = time.perf_counter()
            photos = await detect()
            calls.append(time.perf_counter() - started)
            return photos

        meter = Meter(services.only(way))
        return Run(meter.stop(await closed_loop(timed, _IN_FLIGHT, seconds)), calls)


def _photos(folder: Path) -> dict[str, list[bytes]]:
    made = [path.read_bytes() for path in make_photos(samples_dir(), folder / "photos", 8, lambda: None)]
    large, middle = made[::2], made[1::2]
    return {
        f"JPEG, {_SMALL_SIDE} px": [_encoded(file, "JPEG", side=_SMALL_SIDE) for file in middle],
        "JPEG, 2 MP": middle,
        "JPEG, 12 MP": large,
        "progressive JPEG, 12 MP": [_encoded(file, "JPEG", progressive=True) for file in large],
        "PNG, 2 MP": [_encoded(file, "PNG") for file in middle],
        "PNG, 12 MP": [_encoded(file, "PNG", compress_level=1) for file in large[:2]],
        "WebP, 2 MP": [_encoded(file, "WEBP", quality=90) for file in middle],
    }


def _encoded(file: bytes, form: str, *, side: int | None = None, **options: object) -> bytes:
    with Image.open(io.BytesIO(file)) as image:
        if side is not None:
            image.thumbnail((side, side))
        buffer = io.BytesIO()
        image.save(buffer, form, **options)
    return buffer.getvalue()


@contextmanager
def _detectors(folder: Path) -> Iterator[Services]:
    addresses = dict(zip(_WAYS, free_addresses(len(_WAYS)), strict=True))
    commands = [
        dataclasses.replace(
            service_commands(address, address, address)[0],
            name=way,
            # Large PNGs are many bytes, and a refusal is no measurement.
            environment={"ALBUMEN_DETECTOR_LISTEN": address, _IMAGE_MEMORY: "512", **_WAYS[way]},
        )
        for way, address in addresses.items()
    ]
    with Launcher(commands, folder / "logs") as launcher:
        launcher.wait_until_serving(Stop(), lambda: None)
        yield Services(addresses, {service.command.name: service.pid for service in launcher.services})


def _table(runs: Mapping[str, Mapping[str, Sequence[Run]]]) -> Table:
    rows = []
    for name, ways in runs.items():
        threads, processes = ways[_THREADS], ways[_PROCESSES]
        pairs = list(zip(threads, processes, strict=True))
        cpu = [100 * (other.spent.cpu_per_unit / one.spent.cpu_per_unit - 1) for one, other in pairs]
        rows.append(
            (
                name,
                f"{1e3 * median(run.spent.cpu_per_unit for run in threads):.1f}",
                f"{median(cpu):+.1f} % ({min(cpu):+.1f} to {max(cpu):+.1f})",
                f"{median(run.spent.rate for run in threads):.1f}",
                f"{100 * median(other.spent.rate / one.spent.rate for one, other in pairs):.0f} %",
                f"{1e3 * median(p99(run.calls) for run in threads):.0f}",
                f"{median(p99(other.calls) / p99(one.calls) for one, other in pairs):.2f}x",
                f"{median(run.spent.other_cores for run in (*threads, *processes)):.2f}",
            )
        )
    columns = ("", "CPU ms a photo", "processes", "photos/s", "processes", "p99 ms", "processes", "others' cores")
    note = (
        f"{_IN_FLIGHT} calls in flight, objects, faces, crops; medians of {len(pairs)} rounds; CPU with the client's."
    )
    return Table("Decoding in threads, and in processes beside it", columns, tuple(rows), note)


if __name__ == "__main__":
    typer.run(bench)
