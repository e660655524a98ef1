"""Starts the services that are put under load, on free loopback ports."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import grpc

from benchmarks.stack import Stack, free_addresses
from benchmarks.usage import usage_of
from clients.cli.commands.up import service_commands
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.stop import Stop
from services.common.wire.channel import channel_options

SHORT: Final = "detector, short queue"


@dataclass(frozen=True, slots=True)
class Services:
    """Running services.

    Attributes:
        addresses: ``host:port`` of each.
        pids: process id of each.

    """

    addresses: Mapping[str, str]
    pids: Mapping[str, int]

    def channel(self, name: str, *, own: bool = False) -> grpc.aio.Channel:
        """Open a channel without retries: a refusal is to be seen, not overcome.

        Args:
            name: of the service.
            own: whether it has a connection of its own, as another client's would.

        """
        options = dict(channel_options()) | {"grpc.enable_retries": 0, "grpc.use_local_subchannel_pool": int(own)}
        return grpc.aio.insecure_channel(self.addresses[name], options=list(options.items()))

    def only(self, *names: str) -> dict[str, int]:
        """Return the process ids of some of them."""
        return {name: self.pids[name] for name in names}

    def resident(self, name: str) -> int:
        """Return the bytes of memory that a service holds now."""
        return usage_of(self.pids[name]).resident_bytes

    def stack(self) -> Stack:
        """Return the three that index photos."""
        return Stack(self.addresses["catalog"], self.only("detector", "embedder", "catalog"))


@contextmanager
def running_services(folder: Path, short_queue: int) -> Iterator[Services]:
    """Run the three services with their defaults, and a second detector with a queue of `short_queue` photos.

    Raises:
        CommandError: a service did not come to serve.

    """
    libraries = {"ALBUMEN_CATALOG_LIBRARIES_DIR": str(folder / "libraries")}
    *addresses, short = free_addresses(4)
    commands = [
        dataclasses.replace(command, environment={**command.environment, **libraries})
        for command in service_commands(*addresses)
    ]
    queue = {"ALBUMEN_DETECTOR_LISTEN": short, "ALBUMEN_DETECTOR_QUEUE": str(short_queue)}
    commands.append(dataclasses.replace(commands[0], name=SHORT, address=short, environment=queue))
    with Launcher(commands, folder / "logs") as launcher:
        launcher.wait_until_serving(Stop(), lambda: None)
        yield Services(
            {command.name: command.address for command in commands},
            {service.command.name: service.pid for service in launcher.services},
        )
