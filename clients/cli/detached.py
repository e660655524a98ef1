"""Commands that leave their work to the catalog."""

from typing import Annotated

import typer
from google.longrunning.operations_pb2 import Operation

from clients.cli import console
from clients.cli.advised import command
from clients.cli.operation_text import operation_id

Detach = Annotated[
    bool,
    typer.Option("--detach", help="Do not wait: print the id of the operation, which goes on by itself."),
]


def print_begun(operation: Operation) -> None:
    """Print the id of an operation, for scripts, and what to do with it, for people."""
    identifier = operation_id(operation)
    console.err.print("[dim]It goes on by itself, also when the catalog is started again.[/]")
    console.out.print(identifier, highlight=False, soft_wrap=True)
    if console.out.is_terminal:
        wait, cancel = (command("operations", verb, identifier) for verb in ("wait", "cancel"))
        console.print_advice("Wait for it, or end it:", wait, cancel)
