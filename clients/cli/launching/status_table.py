"""The state of services, as a table."""

from collections.abc import Mapping, Sequence
from typing import Final

from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.launching.service_process import ServiceProcess, State

_COLORS: Final = {
    State.SERVING: "green",
    State.ENDED: "red",
    State.STARTING: "dim",
    State.NOT_SERVING: "yellow",
}

# Of a line of a log, its beginning tells.
_SHOWN_CHARS: Final = 120


def status_table(services: Sequence[ServiceProcess], spinners: Mapping[str, Spinner]) -> Table:
    """Return what `services` say of themselves, with the end of the log of those that do not serve.

    Args:
        services: what was started.
        spinners: for each service by name, what turns beside it while it starts.

    """
    table = FoldingTable()
    table.add("")
    table.add("service", style="bold")
    table.add("address")
    table.add("state")
    table.add("seconds", right=True)
    table.add("", style="dim")
    for service in services:
        serving = service.state is State.SERVING
        mark = Text("✓", style="green") if serving else spinners.get(service.command.name, "")
        last = [] if serving else service.last_lines(1)
        table.add_row(
            mark,
            service.command.name,
            service.command.address,
            Text(service.state, style=_COLORS[service.state]),
            f"{service.seconds:.1f}",
            Text(printable(last[0][:_SHOWN_CHARS])) if last else "",
        )
    return table
