"""Compares the precisions of each model, in speed, steadiness and accuracy: `python -m accuracy.precision`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress

from accuracy.evaluation_data import EvaluationData, missing
from accuracy.pixels import read_rgb
from accuracy.precision.faces import faces_table
from accuracy.precision.pairs import precision_pairs
from accuracy.precision.speed import RUNS, speed_table
from accuracy.precision.steadiness import Pixels, steadiness_table
from benchmarks.progress import bars, step
from benchmarks.table import Table
from clients.cli.console import print_failure
from clients.cli.failure import CommandError
from models.entries import Task
from models.home import samples_dir, weights_dir
from models.manifest import load_manifest
from services.detector.detection_model import DetectionModel

_FACES: Final = 120


def compare(
    evaluation: Annotated[
        Path | None,
        typer.Option("--eval", envvar="ALBUMEN_EVAL_DIR", metavar="DIR", help="Folder of the evaluation data."),
    ] = None,
) -> None:
    """Compare the speed of all models, and the steadiness and average precision of those that detect faces.

    Without evaluation data, steadiness is measured on the sample photos and average precision is left out. How well
    each embedder tells faces apart is measured by `python -m accuracy`.
    """
    console = Console(highlight=False)
    if evaluation and (lacking := missing(evaluation)):
        raise typer.BadParameter(f"{evaluation} has no {', '.join(lacking)}.")
    data = EvaluationData.read(evaluation) if evaluation else None
    try:
        with bars(console) as progress:
            tables = _tables(data, progress)
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    for table in tables:
        console.print(table.to_rich())


def _tables(data: EvaluationData | None, progress: Progress) -> list[Table]:
    pairs = precision_pairs(load_manifest(), weights_dir())
    with step(progress, "Speed", RUNS * len(pairs)) as advance:
        tables = [speed_table(pairs, weights_dir(), advance)]
    chosen = [model for pair in pairs for model in pair if model.task is Task.FACE_DETECTION]
    models = [DetectionModel.open(model, weights_dir()) for model in chosen]
    photos = _photos(data)
    with step(progress, "Steadiness", len(models) * len(photos)) as advance:
        tables.append(steadiness_table(models, photos, advance))
    if data:
        # Of the reference data, the first half chose and calibrated what is quantised; see models/README.md.
        parts = {"first half": data.faces[::2], "second half": data.faces[1::2]}
        with step(progress, "Average precision", len(models) * len(data.faces)) as advance:
            tables.append(faces_table(models, parts, advance))
    return tables


def _photos(data: EvaluationData | None) -> Sequence[Pixels]:
    """Return portraits of the evaluation data, evenly spread, or the samples."""
    if data is None:
        return [read_rgb(path) for path in sorted(samples_dir().iterdir()) if path.suffix in {".jpg", ".png"}]
    paths = sorted({pair.first for pair in data.pairs})
    return [read_rgb(paths[place * len(paths) // _FACES]) for place in range(_FACES)]


if __name__ == "__main__":
    typer.run(compare)
