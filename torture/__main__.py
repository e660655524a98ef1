"""Attacks the services: `python -m torture`."""

import logging
import os
import shutil
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
from rich.console import Console

from benchmarks.progress import bars
from clients.cli.console import print_failure
from clients.cli.failure import CommandError
from models.home import home
from torture.arena import Arena, open_arena
from torture.confinement import containers
from torture.part import Extent
from torture.run import PARTS, run
from torture.tally import Finding, Tally, summary

if TYPE_CHECKING:
    from rich.progress import TaskID

_SEEDS = 1_000_000


def torture(
    seed: Annotated[
        int | None, typer.Option(min=0, help="Of all that is drawn; by default another one each time.")
    ] = None,
    rounds: Annotated[
        int,
        typer.Option(min=1, help="Kills; messages a method; full disks, one for five; streams, one for fifty."),
    ] = 200,
    mutations: Annotated[int, typer.Option(min=1, help="Damaged images a codec.")] = 500,
    only: Annotated[str, typer.Option(help="Parts, of: " + ", ".join(PARTS), metavar="PART,...")] = "",
    case: Annotated[str, typer.Option(help="Run this case of the part only.", metavar="CASE")] = "",
    confined: Annotated[
        bool, typer.Option(help="Give each service the memory that docker-compose.yml gives it; on Linux, as root.")
    ] = False,
    short: Annotated[bool, typer.Option(help="Leave out what takes long, and what is known to break.")] = False,
) -> None:
    """Attack the services in every way that is known, and list what breaks."""
    console = Console(highlight=False)
    parts = [part.strip() for part in only.split(",")] if only else list(PARTS)
    if unknown := sorted(set(parts) - set(PARTS)):
        raise typer.BadParameter(f"There is no part {', '.join(unknown)}.", param_hint="--only")
    if case and len(parts) != 1:
        raise typer.BadParameter("It takes the one part that has the case: --only PART.", param_hint="--case")
    seed = int(time.time()) % _SEEDS if seed is None else seed
    folder = home() / "torture" / str(os.getpid())
    confinement = containers() if confined else None
    console.print(f"Seed {seed}; logs and libraries in {folder}")
    try:
        tallies = _run(console, open_arena(folder, confinement), seed, parts, Extent(rounds, mutations, short), case)
    except CommandError as error:
        print_failure(error)
        raise typer.Exit(error.exit_code) from error
    console.print(summary(tallies).to_rich())
    findings = [finding for tally in tallies for finding in tally.findings]
    if not findings:
        shutil.rmtree(folder)
        return
    console.print("To see it again:", style="bold")
    for command in dict.fromkeys(finding.command(seed) for finding in findings):
        console.print(f"  {command}", markup=False, soft_wrap=True)
    raise typer.Exit(1)


def _run(
    console: Console,
    opening: AbstractContextManager[Arena],
    seed: int,
    parts: Sequence[str],
    extent: Extent,
    case: str,
) -> list[Tally]:
    """Run parts, and show how far they are and what they find."""
    with bars(console) as progress, opening as arena:
        tasks: list[TaskID] = []

        def began(part: str, cases: int) -> None:
            tasks.append(progress.add_task(part, total=cases))

        def advance(findings: Sequence[Finding]) -> None:
            progress.advance(tasks[-1])
            for finding in findings:
                progress.console.print(f"[red]{finding.part} {finding.case}[/]", end=" ")
                progress.console.print(finding.text, markup=False)

        return run(arena, seed, parts, extent, only_case=case, began=began, advance=advance)


if __name__ == "__main__":
    # Files are looked into with the product's own classes, which have more to tell than anybody wants to read here.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    typer.run(torture)
