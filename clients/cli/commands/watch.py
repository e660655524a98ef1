"""`albumen watch`: what happens in the library, as it happens."""

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Annotated, Final

import grpc
import typer

from albumen.catalog.v1.event_pb2 import Event
from clients.cli import console
from clients.cli.connection import Catalog, Session, connect
from clients.cli.event_text import event_line
from clients.cli.json_answer import print_json
from services.common.errors import Reason, UnavailableError
from services.common.wire.status import from_rpc_error

_FIRST_WAIT_SECONDS: Final = 0.5
_LONGEST_WAIT_SECONDS: Final = 10.0


def watch(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")] = False,
) -> None:
    """Show what happens in the library from now on, until Ctrl-C; goes on by itself when the catalog was away."""
    session: Session = context.obj
    with connect(session) as catalog, contextlib.suppress(KeyboardInterrupt):
        for event in _follow(catalog):
            if event is None:
                _tell_gap(as_json=as_json)
            elif as_json:
                print_json(event)
            else:
                console.out.print(event_line(event), soft_wrap=True)


def _follow(catalog: Catalog) -> Iterator[Event | None]:
    """Yield what happens, and None where it is not known any more what did.

    Raises:
        grpc.RpcError: the catalog refuses, or was never there.

    """
    token, wait = "", 0.0
    while True:
        try:
            for response in catalog.watch(token):
                if not token:
                    console.err.print("[dim]Watching. Ctrl-C ends it.[/]")
                if wait:
                    console.err.print("[dim]The catalog is back.[/]")
                token, wait = response.resume_token, 0.0
                yield from response.events
        except grpc.RpcError as error:
            answer = from_rpc_error(error)
            if answer.reason is Reason.EVENTS_EXPIRED:
                token = ""
                yield None
            elif token and (isinstance(answer, UnavailableError) or answer.retry_after is not None):
                if not wait:
                    console.err.print("[dim]The catalog is away: waiting for it …[/]")
                wait = min(max(2 * wait, _FIRST_WAIT_SECONDS, answer.retry_after or 0), _LONGEST_WAIT_SECONDS)
                time.sleep(wait)
            else:
                raise


def _tell_gap(*, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"eventsExpired": True}))
    else:
        console.err.print("[yellow]What happened meanwhile is not kept any more: look anew at what you follow.[/]")
