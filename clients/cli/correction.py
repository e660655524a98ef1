"""What the commands that correct people have in common."""

from typing import Annotated

import typer
from rich.text import Text

from albumen.catalog.v1.edit_pb2 import Edit
from albumen.catalog.v1.person_pb2 import Person
from clients.cli import console
from clients.cli.advised import command
from clients.cli.console import printable
from clients.cli.edit_summary import describe_edit
from clients.cli.resolution import short_id
from clients.cli.summary import person_label
from services.common.plural import plural

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and change nothing.")]


def print_edit(edit: Edit, person: Person | None = None) -> None:
    """Print what `edit` did, or would do if it has no name; what `person` is then; and how to take it back."""
    if not edit.people and not edit.face_count:
        console.out.print("Nothing changes." if person is None else "Nothing changed: it was so already.")
        return
    done = printable(describe_edit(edit))
    if not edit.name:
        console.out.print(Text("Would do: ", style="dim").append(done, style="not dim"), soft_wrap=True)
        return
    console.out.print(done, soft_wrap=True, markup=False)
    if person is not None:
        where = f"{plural(person.face_count, 'face')} in {plural(person.image_count, 'photo')}"
        line = Text(short_id(person.name), style="cyan").append(f"  {printable(person_label(person))}", "bold default")
        console.out.print(line.append(f"  ({where})", style="dim"))
    print_undo(edit)


def print_undo(edit: Edit) -> None:
    """Print how to take `edit` back; nothing if it has changed nothing."""
    if edit.name:
        console.print_advice("Take it back:", command("undo", short_id(edit.name)))
