"""Starts the three services as `albumen up` does, on free ports and with libraries of their own."""

import dataclasses
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from albumen.catalog.v1.library_service_pb2 import CreateLibraryRequest, DeleteLibraryRequest
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from benchmarks.usage import Usage, usage_of
from clients.cli.commands.up import service_commands
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.stop import Stop
from clients.cli.paging import CALL_SECONDS
from services.common.wire.channel import DIRECT


@dataclass(frozen=True, slots=True)
class Stack:
    """Running services.

    Attributes:
        target: gRPC target of the catalog.
        pids: process id of each service.

    """

    target: str
    pids: Mapping[str, int]

    def usage(self) -> dict[str, Usage]:
        """Return what each service has used so far."""
        return {name: usage_of(pid) for name, pid in self.pids.items()}

    @contextmanager
    def library(self, library_id: str) -> Iterator[str]:
        """Make an empty library, and erase it afterwards; its id is the value."""
        with grpc.insecure_channel(self.target, options=DIRECT) as channel:
            stub = LibraryServiceStub(channel)
            stub.CreateLibrary(CreateLibraryRequest(library_id=library_id), timeout=CALL_SECONDS)
            yield library_id
            request = DeleteLibraryRequest(name=f"libraries/{library_id}", force=True)
            stub.DeleteLibrary(request, timeout=CALL_SECONDS)


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """Run the services as long as the context lasts; logs and libraries are in `folder`.

    Raises:
        CommandError: a service did not come to serve.

    """
    libraries = {"ALBUMEN_CATALOG_LIBRARIES_DIR": str(folder / "libraries")}
    commands = [
        dataclasses.replace(command, environment={**command.environment, **libraries})
        for command in service_commands(*free_addresses(3))
    ]
    with Launcher(commands, folder / "logs") as launcher:
        launcher.wait_until_serving(Stop(), lambda: None)
        pids = {service.command.name: service.pid for service in launcher.services}
        yield Stack(commands[-1].address, pids)


def free_addresses(count: int) -> list[str]:
    """Return loopback addresses, ``host:port``, that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{open_socket.getsockname()[1]}" for open_socket in sockets]
    for open_socket in sockets:
        open_socket.close()
    return addresses
