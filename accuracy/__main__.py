"""Measures accuracy and writes the pages about it: `python -m accuracy --eval DIR`."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from accuracy.document import render
from accuracy.evaluation_data import EvaluationData, missing
from accuracy.findings import Findings
from accuracy.measurement import measure
from accuracy.page_path import page_path
from accuracy.people.document import render as render_people
from accuracy.people.extraction import extract_faces
from accuracy.people.findings import PeopleFindings
from accuracy.people.measurement import measure_people
from accuracy.people.photos import PeoplePhotos
from accuracy.people.plan import FULL, QUICK
from accuracy.people.plots import save_plots
from benchmarks.machine import Machine
from benchmarks.progress import bars
from clients.cli.console import print_failure
from clients.cli.failure import CommandError

_QUICK_PHOTOS: Final = 20


def accuracy(
    evaluation: Annotated[
        Path | None,
        typer.Option("--eval", envvar="ALBUMEN_EVAL_DIR", metavar="DIR", help="Folder of the evaluation data."),
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only 20 photos of each set, to see that it works; writes nothing.")
    ] = False,
    people: Annotated[bool, typer.Option("--people", help="Only how well people are found.")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            dir_okay=False,
            help="The page to write; the one about people goes beside it. Pages about the reference data go to docs/, "
            "others to build/accuracy/DIR/.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Measure how accurate the running services are, beside the same models run directly."""
    console = Console(highlight=False)
    if evaluation is None or (lacking := missing(evaluation)):
        problem = "no evaluation data is named" if evaluation is None else f"{evaluation} has no {', '.join(lacking)}"
        console.print(
            f"Nothing measured: {problem}. Name its folder: `make accuracy EVAL=DIR`, --eval DIR or ALBUMEN_EVAL_DIR. "
            "docs/accuracy.md says what it is.",
            soft_wrap=True,
        )
        return
    data, photos = EvaluationData.read(evaluation), PeoplePhotos.read(evaluation)
    try:
        page = page_path(data.source, output)
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    console.print(f"Measuring {data.source.title}.", soft_wrap=True)
    if quick:
        data, photos = data.sample(_QUICK_PHOTOS), photos.sample(_QUICK_PHOTOS // 2)
    found: list[Findings | PeopleFindings] = []
    try:
        with tempfile.TemporaryDirectory(prefix="albumen-accuracy-") as folder, bars(console) as progress:
            if not people:
                found.append(measure(data, Path(folder), progress))
            faces = extract_faces(photos, Path(folder, "people"), progress)
            found.append(measure_people(photos.source, faces, QUICK if quick else FULL, Path(folder), progress))
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    _show(found, console, quick=quick)
    if quick:
        console.print(f"[dim]{_QUICK_PHOTOS} photos of each set tell that it works, not how well.[/]")
        return
    for findings in found:
        written = _write(findings, data, page)
        console.print(f"[dim]Written:[/] {written}", soft_wrap=True)
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


if __name__ == "__main__":
    typer.run(accuracy)
