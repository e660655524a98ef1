"""`albumen up`: the three services on this machine."""

import shutil
import sys
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from clients.cli import console
from clients.cli.address import split_address
from clients.cli.arguments import file_text, folder, text
from clients.cli.connection import DEFAULT_TARGET
from clients.cli.failure import THIS_MACHINE, CommandError
from clients.cli.launching.foreground import run_in_foreground
from clients.cli.launching.home_lock import HomeLock, libraries_folder
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.service_process import ServiceCommand
from clients.cli.launching.status_table import status_table
from clients.cli.launching.stop import Stop
from models.home import home

_WILDCARDS: Final = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - recognised, not bound
# A day: whoever waits for longer looks into the logs.
_MAX_WAIT: Final = 86_400
# -P: whatever lies in the working directory, it is not what a service imports.
_RUN: Final = (sys.executable, "-P", "-m", "albumen_app")


def up(
    command: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- COMMAND ARGS",
            parser=file_text,
            help="Run this once all serve, then stop them.",
            show_default=False,
        ),
    ] = None,
    detector_listen: Annotated[
        str,
        typer.Option(
            envvar="ALBUMEN_DETECTOR_LISTEN", metavar="HOST:PORT", parser=text, help="Where the detector listens."
        ),
    ] = "127.0.0.1:50051",
    embedder_listen: Annotated[
        str,
        typer.Option(
            envvar="ALBUMEN_EMBEDDER_LISTEN", metavar="HOST:PORT", parser=text, help="Where the embedder listens."
        ),
    ] = "127.0.0.1:50052",
    catalog_listen: Annotated[
        str,
        typer.Option(
            envvar="ALBUMEN_CATALOG_LISTEN", metavar="HOST:PORT", parser=text, help="Where the catalog listens."
        ),
    ] = "127.0.0.1:50053",
    log_dir: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", parser=folder, help="Folder of the logs. Default: logs in Albumen's home."),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=1, max=_MAX_WAIT, metavar="SECONDS", help="Longest time until the services serve.")
    ] = 120,
) -> None:
    """Start the detector, the embedder and the catalog, and stop them together.

    They listen on this machine only, unless told otherwise, and end with this command: by Ctrl-C, by SIGTERM,
    and even if it is killed. If one of them ends, so do the others, and the exit code is 1. A COMMAND finds
    the catalog in ALBUMEN_CATALOG_TARGET, and its exit code becomes ours. Only one **albumen up** at a time may use
    the same folder of logs or of libraries.
    """
    if command and shutil.which(command[0]) is None:
        raise CommandError(f"There is no program {command[0]!r}.", exit_code=127)
    console.let_output_get_lost()
    services = service_commands(detector_listen, embedder_listen, catalog_listen)
    catalog = services[-1].address
    logs = log_dir or home() / "logs"
    libraries = libraries_folder()
    stop = Stop()
    code = 0
    with (
        HomeLock((logs, libraries)) as lock,
        stop.on_signals(),
        Launcher(services, logs, start_seconds=wait) as launcher,
        lock.until_stopping(),
    ):
        if _show_start(launcher, stop):
            lock.say_started()
            if command:
                environment = {"ALBUMEN_CATALOG_TARGET": catalog}
                code = run_in_foreground(command, environment, stop, launcher.require_alive)
            else:
                _print_next_steps(catalog)
                launcher.watch(stop)
                console.out.print("[dim]Stopping …[/]")
        elif command:
            code = 128 + stop.signal
    raise typer.Exit(code)


def service_commands(detector: str, embedder: str, catalog: str) -> list[ServiceCommand]:
    """Return how the three services are started that listen on these addresses, each ``host:port``."""
    listen = {"detector": detector, "embedder": embedder, "catalog": catalog}
    targets = {name: _target(name, address) for name, address in listen.items()}
    environments = {name: {f"ALBUMEN_{name.upper()}_LISTEN": address} for name, address in listen.items()}
    environments["catalog"] |= {
        "ALBUMEN_CATALOG_DETECTOR_TARGET": targets["detector"],
        "ALBUMEN_CATALOG_EMBEDDER_TARGET": targets["embedder"],
        # DuckDB works in many threads in turn, and glibc would give each a heap of its own, which never shrinks.
        "MALLOC_ARENA_MAX": "2",
    }
    return [ServiceCommand(name, (*_RUN, f"services.{name}"), targets[name], environments[name]) for name in listen]


def _target(name: str, listen: str) -> str:
    """Return where a service that listens on `listen` is reached from this machine."""
    address = split_address(listen)
    if address is None:
        raise typer.BadParameter(f"{listen!r} is not HOST:PORT.", param_hint=f"--{name}-listen")
    host, port = address
    return f"{_WILDCARDS.get(host, host)}:{port}"


def _show_start(launcher: Launcher, stop: Stop) -> bool:
    # Of a log file, only the outcome is of use.
    if not console.out.is_terminal:
        serving = launcher.wait_until_serving(stop, lambda: None)
        console.out.print(status_table(launcher.services, {}))
        return serving
    spinners = {service.command.name: Spinner("dots") for service in launcher.services}
    with Live(console=console.out, refresh_per_second=12) as live:
        return launcher.wait_until_serving(stop, lambda: live.update(status_table(launcher.services, spinners)))


def _print_next_steps(catalog: str) -> None:
    host, _, port = catalog.rpartition(":")
    is_default = host in THIS_MACHINE and port == DEFAULT_TARGET.rpartition(":")[2]
    option = "" if is_default else f"--catalog {catalog} "
    console.out.print("All three serve. Try, in a second terminal:\n")
    for line in (
        f"albumen {option}index ~/Pictures",
        f"albumen {option}report",
        f"grpcurl -plaintext {catalog} albumen.catalog.v1.PeopleService/ListPeople",
    ):
        console.out.print(Text(f"  {line}", style="bold cyan"), soft_wrap=True)
    console.out.print("\n[dim]Ctrl-C stops all three.[/]")
