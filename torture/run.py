"""Runs the parts one after the other."""

import traceback
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from clients.cli.failure import CommandError
from torture.arena import Arena
from torture.blasts.part import Bombs
from torture.disks.part import Disks
from torture.folders.part import Folders
from torture.images.part import Images
from torture.kills.part import Kills
from torture.part import Extent, Part, generator_of
from torture.protobufs.part import Protobufs
from torture.streams.part import Streams
from torture.tally import END, Finding, Tally

PARTS: Final[dict[str, type[Part]]] = {
    part.name: part for part in (Kills, Folders, Disks, Images, Protobufs, Streams, Bombs)
}

Began = Callable[[str, int], None]
Advance = Callable[[Sequence[Finding]], None]


def run(
    arena: Arena,
    seed: int,
    parts: Sequence[str],
    extent: Extent,
    *,
    only_case: str = "",
    began: Began = lambda _, __: None,
    advance: Advance = lambda _: None,
) -> list[Tally]:
    """Run parts, and return the account of each.

    Args:
        arena: where.
        seed: of everything that is drawn.
        parts: names, of `PARTS`.
        extent: how much is done.
        only_case: the only case to run; empty means all.
        began: called when a part begins, with its name and the number of its cases.
        advance: called after every case, with what it found; the last is the end of the part.

    A service that does not come to serve, and a case that raises, are findings.

    Raises:
        CommandError: the part has no such case.

    """
    tallies = []
    for name in parts:
        tally = Tally(name, PARTS[name].target)
        tallies.append(tally)
        part = PARTS[name](arena, tally)
        cases = part.cases(extent)
        if only_case:
            _require_known(name, only_case, cases)
            cases = [only_case]
        cases = [*cases, END]
        began(name, len(cases))
        for case in cases:
            known = len(tally.findings)
            _run_case(part, case, generator_of(seed, name, case))
            advance(tally.findings[known:])
    return tallies


def _run_case(part: Part, case: str, generator: Random) -> None:
    try:
        if case == END:
            part.end(generator)
        else:
            part.attack(case, generator)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other cases are run
        lines = error.lines if isinstance(error, CommandError) else traceback.format_exc().splitlines()
        part.tally.found(case, f"{type(error).__name__}: {error} {' | '.join(lines[-3:])}")


def _require_known(part: str, case: str, cases: Sequence[str]) -> None:
    """Check that a case is of the kind of some of the part's own; of larger runs there are more of each."""
    kinds = list(dict.fromkeys(known.partition("/")[0] for known in cases))
    if case.partition("/")[0] not in kinds or case.count("/") != cases[0].count("/"):
        raise CommandError(
            f"The part {part} has no case {case!r}; one is {cases[0]!r}.", advice=f"It begins with: {', '.join(kinds)}."
        )
