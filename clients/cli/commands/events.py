"""`albumen events`: what has happened in the library."""

import json
from typing import Annotated

import typer

from clients.cli import console
from clients.cli.advised import command
from clients.cli.arguments import MAX_LISTED, text
from clients.cli.connection import Session, connect
from clients.cli.event_text import event_line
from clients.cli.json_answer import print_json

_TIME = "%Y-%m-%d %H:%M:%S"


def events(
    context: typer.Context,
    after: Annotated[
        str, typer.Option(metavar="TOKEN", parser=text, help="Only what happened since a call that told this token.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=MAX_LISTED, metavar="COUNT", help="Most events to list.")] = 100,
    latest: Annotated[
        bool, typer.Option("--latest", help="Only print the token for whoever wants to know what happens from now on.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for programs; the last one has the token.")
    ] = False,
) -> None:
    """List what has changed in the library, the oldest first, and the token that tells what changes later.

    **albumen watch** goes on by itself instead.
    """
    session: Session = context.obj
    token, found, more = "", 0, False
    with connect(session) as catalog:
        for page in catalog.events(after, 1 if latest else limit):
            if latest:
                token = page.latest_resume_token
                break
            for event in page.events:
                if as_json:
                    print_json(event)
                else:
                    console.out.print(event_line(event, _TIME), soft_wrap=True)
            token, found, more = page.resume_token, found + len(page.events), bool(page.next_page_token)
    if as_json:
        typer.echo(json.dumps({"resumeToken": token}))
    elif latest:
        typer.echo(token)
    else:
        if not found:
            console.out.print("Nothing has happened.")
        console.print_advice("There is more:" if more else "What happens later:", command("events", "--after", token))
