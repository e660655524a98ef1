"""Measures accuracy: `python -m accuracy`."""

import tempfile
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accuracy.document import render
from accuracy.evaluation_data import EvaluationData, missing
from accuracy.measurement import measure
from benchmarks.machine import Machine
from clients.cli.console import print_failure
from clients.cli.failure import CommandError

_CHECKOUT: Final = Path(__file__).resolve().parents[1]
_QUICK_PHOTOS: Final = 20


def accuracy(
    evaluation: Annotated[
        Path,
        typer.Option("--eval", envvar="ALBUMEN_EVAL_DIR", metavar="DIR", help="The evaluation data."),
    ] = _CHECKOUT.parent / "shared" / "eval",
    quick: Annotated[
        bool, typer.Option("--quick", help="Only 20 photos of each set, to see that it works; writes nothing.")
    ] = False,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The document to write.")] = _CHECKOUT
    / "docs"
    / "accuracy.md",
) -> None:
    """Measure how accurate the running services are, beside the same models run directly."""
    console = Console(highlight=False)
    if lacking := missing(evaluation):
        console.print(
            f"Nothing measured: {evaluation} has no {', '.join(lacking)}. Name the evaluation data by --eval DIR or "
            "ALBUMEN_EVAL_DIR; docs/accuracy.md says what it is.",
            soft_wrap=True,
        )
        return
    data = EvaluationData.read(evaluation)
    if quick:
        data = data.sample(_QUICK_PHOTOS)
    try:
        with tempfile.TemporaryDirectory(prefix="albumen-accuracy-") as folder, _progress(console) as progress:
            findings = measure(data, Path(folder), progress)
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    tables = findings.tables()
    for name, table in tables.items():
        if not (quick and name == "bars"):
            console.print(table.to_rich())
    if quick:
        console.print(f"[dim]{_QUICK_PHOTOS} photos of each set tell that it works, not how well.[/]")
        return
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(findings, data, Machine.here()), "utf-8")
    console.print(f"[dim]Written:[/] {output.name}")
    if not all(bar.met for bar in findings.bars()):
        raise typer.Exit(1)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<18}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


if __name__ == "__main__":
    typer.run(accuracy)
