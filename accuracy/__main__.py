"""Measures accuracy: `python -m accuracy`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accuracy.document import render
from accuracy.evaluation_data import EvaluationData, missing
from accuracy.findings import Findings
from accuracy.measurement import measure
from accuracy.people.document import render as render_people
from accuracy.people.extraction import extract_faces
from accuracy.people.findings import PeopleFindings
from accuracy.people.measurement import measure_people
from accuracy.people.photos import PeoplePhotos
from accuracy.people.plan import FULL, QUICK
from accuracy.people.plots import save_plots
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
    people: Annotated[bool, typer.Option("--people", help="Only how well people are found.")] = False,
    output: Annotated[
        Path, typer.Option(dir_okay=False, help="The document to write; the page about people goes beside it.")
    ] = _CHECKOUT / "docs" / "accuracy.md",
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
    data, photos = EvaluationData.read(evaluation), PeoplePhotos.read(evaluation)
    if quick:
        data, photos = data.sample(_QUICK_PHOTOS), photos.sample(_QUICK_PHOTOS // 2)
    found: list[Findings | PeopleFindings] = []
    try:
        with tempfile.TemporaryDirectory(prefix="albumen-accuracy-") as folder, _progress(console) as progress:
            if not people:
                found.append(measure(data, Path(folder), progress))
            faces = extract_faces(photos, Path(folder, "people"), progress)
            found.append(measure_people(faces, QUICK if quick else FULL, Path(folder), progress))
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    _show(found, console, quick=quick)
    if quick:
        console.print(f"[dim]{_QUICK_PHOTOS} photos of each set tell that it works, not how well.[/]")
        return
    for findings in found:
        page = _write(findings, data, output)
        console.print(f"[dim]Written:[/] {page.name}")
    if not all(bar.met for findings in found for bar in findings.bars()):
        raise typer.Exit(1)


def _show(found: Sequence[Findings | PeopleFindings], console: Console, *, quick: bool) -> None:
    for findings in found:
        for name, table in findings.tables().items():
            if not (quick and name == "bars"):
                console.print(table.to_rich())


def _write(findings: Findings | PeopleFindings, data: EvaluationData, output: Path) -> Path:
    output.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(findings, Findings):
        output.write_text(render(findings, data, Machine.here()), "utf-8")
        return output
    page = output.with_name(f"{output.stem}-people.md")
    page.write_text(render_people(findings, Machine.here()), "utf-8")
    save_plots(findings, page.parent / "images")
    return page


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<20}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


if __name__ == "__main__":
    typer.run(accuracy)
