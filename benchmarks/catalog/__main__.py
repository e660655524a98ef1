"""Measures a catalog with a large library and writes docs/catalog-speed.md: `python -m benchmarks.catalog`."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from benchmarks.catalog.findings import Findings
from benchmarks.catalog.many import measure_many
from benchmarks.catalog.prepared import prepare
from benchmarks.catalog.recipe import Recipe
from benchmarks.catalog.results import NOW, UNSETTLED, Result, load_results
from benchmarks.catalog.run import ROWS, measure
from benchmarks.machine import Machine
from benchmarks.markdown import render_markdown
from benchmarks.progress import bars
from clients.cli.console import print_failure
from clients.cli.failure import CommandError
from models.home import home

_DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "catalog-speed.md"


def bench(
    size: Annotated[int, typer.Option(min=500, max=1_000_000, help="Photos of the library.")] = 20_000,
    label: Annotated[
        str, typer.Option(help="What is measured: `now`, or `before` for an older checkout.", metavar="NAME")
    ] = NOW,
    only: Annotated[
        str, typer.Option(help="Measure some rows alone, and keep nothing; of: " + ", ".join(ROWS), metavar="ROW,...")
    ] = "",
    keep: Annotated[bool, typer.Option(help="With --only: keep what is measured, beside what was before.")] = False,
    settled: Annotated[
        bool, typer.Option(help="Let the catalog settle the library first; its results are kept apart otherwise.")
    ] = True,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Rounds; medians are taken of them.")] = 3,
    libraries: Annotated[
        int, typer.Option(min=0, max=1000, help="Instead, ask for so many libraries one after the other.")
    ] = 0,
    output: Annotated[Path, typer.Option(dir_okay=False, help="The document to write.")] = _DOCUMENT,
) -> None:
    """Fill a library, let the catalog settle it, and measure calls as its callers meet them."""
    console = Console(highlight=False)
    rows = [row.strip() for row in only.split(",")] if only else list(ROWS)
    if unknown := sorted(set(rows) - set(ROWS)):
        raise typer.BadParameter(f"There is no row {', '.join(unknown)}.", param_hint="--only")
    folder = home() / "benchmarks" / "catalog"
    label = label if settled else label + UNSETTLED
    result = Result(label, size, Machine.here(), {})
    try:
        with bars(console) as progress:
            prepared = prepare(Recipe(size), folder, progress, settled=settled)
            if libraries:
                result.values.update(measure_many(prepared, libraries, progress))
            else:
                for values in measure(prepared, rows, rounds, progress):
                    result.values.update(values)
                    if keep or not only:
                        result.save(folder / "results")
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    if only:
        findings = Findings(load_results(folder / "results") | {(label, size): result})
        single = Findings({(label, size): result})
        for table in (findings.waits(result), single.growth(label), single.twin(result)):
            if table.rows:
                console.print(table.to_rich())
        return
    result.save(folder / "results")
    findings = Findings(load_results(folder / "results"))
    for table in (findings.growth(label), findings.waits(findings.results[label, size]), findings.claims()):
        console.print(table.to_rich())
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(render(findings, shlex.join(["python", "-m", "benchmarks.catalog", *sys.argv[1:]])), "utf-8")
    console.print(f"[dim]Written:[/] {output.name}")


def render(findings: Findings, command: str) -> str:
    """Return the document as Markdown; `command` is what made it, as it can be typed again."""
    labels = [label for label in ("now", "before") if findings.sizes(label)]
    return render_markdown(
        "benchmarks.catalog",
        command=command,
        claims=findings.claims(),
        growths=[(label, findings.growth(label), findings.linear(label)) for label in labels],
        waits=[(result, findings.waits(result)) for result in findings.latest()],
        twin=findings.twin(findings.latest()[-1]),
        machines=sorted({
            (label, photos, result.machine.date, result.machine.cpu, result.machine.cores, result.machine.system,
             ", ".join(result.machine.libraries))
            for (label, photos), result in findings.results.items() if label in labels
        }),
    )  # fmt: skip


if __name__ == "__main__":
    typer.run(bench)
