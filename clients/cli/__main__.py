"""The command line `albumen`."""

import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Annotated, NoReturn

import typer

from clients.cli import advised, console, exit_codes
from clients.cli.arguments import text
from clients.cli.commands.album.app import app as album_app
from clients.cli.commands.backup import app as backup
from clients.cli.commands.compact import compact
from clients.cli.commands.compare import compare
from clients.cli.commands.delete import delete
from clients.cli.commands.download import download
from clients.cli.commands.edits import edits
from clients.cli.commands.export import export
from clients.cli.commands.face.app import app as face_app
from clients.cli.commands.folder.app import app as folder_app
from clients.cli.commands.forget import forget
from clients.cli.commands.hide import hide
from clients.cli.commands.images import images
from clients.cli.commands.index import index
from clients.cli.commands.labels import labels
from clients.cli.commands.library.create import create_library
from clients.cli.commands.library.delete import delete_library
from clients.cli.commands.library.list import list_libraries
from clients.cli.commands.library.show import show_library
from clients.cli.commands.mark import mark
from clients.cli.commands.merge import merge
from clients.cli.commands.name import name
from clients.cli.commands.operations import app as operations
from clients.cli.commands.people import people
from clients.cli.commands.person.app import app as person_app
from clients.cli.commands.recluster import recluster
from clients.cli.commands.reject import accept, reject
from clients.cli.commands.report import report
from clients.cli.commands.search import search
from clients.cli.commands.separate import separate
from clients.cli.commands.settings import settings
from clients.cli.commands.show import show
from clients.cli.commands.split import split
from clients.cli.commands.suggest import suggest
from clients.cli.commands.summary import summary
from clients.cli.commands.thumbnail import thumbnail
from clients.cli.commands.timeline import timeline
from clients.cli.commands.trash import app as trash
from clients.cli.commands.undo import undo
from clients.cli.commands.up import up
from clients.cli.commands.verify import verify
from clients.cli.commands.watch import watch
from clients.cli.connection import DEFAULT_TARGET, Session
from clients.cli.failure import CommandError

app = typer.Typer(
    name="albumen",
    help="Find the things and the people in your photos, on your own machine.",
    epilog="First steps: **albumen up**, then **albumen index ~/Pictures** in a second terminal.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (
    up, index, forget, images, labels, timeline, summary, mark, delete, people, name, hide, suggest, merge, separate,
    split, reject, accept, edits, undo, recluster, search, compare, show, thumbnail, download, report, watch, compact,
    export, verify, settings,
)  # fmt: skip
for command in COMMANDS:
    app.command()(command)
LIBRARY_COMMANDS: dict[str, Callable[..., None]] = {
    "list": list_libraries,
    "show": show_library,
    "create": create_library,
    "delete": delete_library,
}
library_app = typer.Typer(
    help="List, make and erase libraries, each with photos and people of its own.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
for library_command_name, library_command in LIBRARY_COMMANDS.items():
    library_app.command(library_command_name)(library_command)
app.add_typer(library_app, name="library")
app.add_typer(album_app, name="album")
app.add_typer(person_app, name="person")
app.add_typer(face_app, name="face")
app.add_typer(folder_app, name="folder")
app.add_typer(trash, name="trash")
app.add_typer(backup, name="backup")
app.add_typer(operations, name="operations")


def _print_version(value: bool) -> None:
    if value:
        console.out.print(f"albumen {version('albumen')}", highlight=False)
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    catalog: Annotated[
        str,
        typer.Option(
            envvar="ALBUMEN_CATALOG_TARGET", metavar="HOST:PORT", parser=text, help="Where the catalog listens."
        ),
    ] = DEFAULT_TARGET,
    library: Annotated[
        str, typer.Option(envvar="ALBUMEN_LIBRARY", metavar="ID", parser=text, help="Library to work in.")
    ] = "default",
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Find the things and the people in your photos, on your own machine."""
    context.obj = Session(target=catalog, library=library)
    options: dict[str, str] = {}
    for option, value in (("catalog", catalog), ("library", library)):
        source = context.get_parameter_source(option)
        # What the environment says, it says to the next command too.
        if source is not None and source.name == "COMMANDLINE":
            options[f"--{option}"] = value
    advised.use_options(options)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and end the process, with 0 if all went well, else as `exit_codes` has it.

    Args:
        arguments: what follows the program's name; by default those of the process.

    """
    console.use_any_encoding()
    console.let_messages_get_lost()
    code = 0
    failure: CommandError | None = None
    try:
        app(args=arguments)
    except CommandError as error:
        failure = error
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else exit_codes.FAILED
    except OSError as error:
        failure = console.output_failure(error)
        if failure is None:
            raise
    # What is written only at the end may find no room either.
    lost = console.output_failure()
    if failure := failure or lost:
        console.print_failure(failure)
        code = code or failure.exit_code
    sys.exit(code)


if __name__ == "__main__":
    main()
