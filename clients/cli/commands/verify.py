"""`albumen verify`: whether the library is as it should be."""

from typing import Annotated, Final

import typer
from rich.text import Text

from albumen.catalog.v1 import backup_service_pb2 as pb
from clients.cli import console
from clients.cli.awaiting import response_of
from clients.cli.connection import Session, connect
from clients.cli.console import printable
from clients.cli.detached import Detach, print_begun
from clients.cli.failure import CommandError
from clients.cli.json_answer import print_json
from services.common.plural import plural

_STYLES: Final = {
    pb.FINDING_SEVERITY_NOTICE: ("notice", "dim"),
    pb.FINDING_SEVERITY_WARNING: ("warning", "yellow"),
    pb.FINDING_SEVERITY_ERROR: ("error", "red"),
}


def verify(
    context: typer.Context,
    skip_people: Annotated[
        bool, typer.Option("--skip-people", help="Do not cluster all faces anew, which takes most of the time.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON, for programs.")] = False,
    detach: Detach = False,
) -> None:
    """Look for faults of the library, and change nothing; exit code 1 if there are any beside notices."""
    session: Session = context.obj
    with connect(session) as catalog:
        operation = catalog.backups.verify(skip_people=skip_people)
        if detach:
            print_begun(operation)
            return
        found = response_of(catalog, operation, pb.VerifyLibraryResponse)
    faults = [finding for finding in found.findings if finding.severity != pb.FINDING_SEVERITY_NOTICE]
    if as_json:
        print_json(found)
    else:
        for finding in found.findings:
            _print(finding)
        if not faults:
            console.out.print(
                f"The library is as it should be: {plural(found.check_count, 'kind')} of faults looked for."
            )
    if faults:
        raise CommandError(f"{plural(len(faults), 'kind')} of faults found.", advice="See above what to do.")


def _print(finding: pb.Finding) -> None:
    word, style = _STYLES.get(finding.severity, ("?", ""))
    head = Text.assemble((word, style), f" {printable(finding.kind)}, {plural(finding.fault_count, 'time')}: ")
    console.out.print(head.append(printable(finding.description)), soft_wrap=True)
    for example in finding.examples:
        console.out.print(Text(f"  {printable(example)}", style="cyan"), soft_wrap=True)
    console.out.print(Text(f"  {printable(finding.advice)}"), soft_wrap=True)
