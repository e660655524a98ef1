"""Runs one service as `albumen up` does, on a free port."""

import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import grpc

from benchmarks.stack import free_addresses
from clients.cli.commands.up import service_commands
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.stop import Stop
from services.common.wire.channel import channel_options

_NO_SETTINGS: Final[Mapping[str, str]] = {}


@contextmanager
def running(
    name: Literal["detector", "embedder"], folder: Path, settings: Mapping[str, str] = _NO_SETTINGS
) -> Iterator[grpc.Channel]:
    """Run a service as long as the context lasts; the value is a channel to it.

    Args:
        name: which service.
        folder: where its log goes.
        settings: environment variables that it gets.

    Raises:
        CommandError: it did not come to serve.

    """
    command = next(one for one in service_commands(*free_addresses(3)) if one.name == name)
    command = dataclasses.replace(command, environment={**command.environment, **settings})
    with (
        Launcher([command], folder) as launcher,
        grpc.insecure_channel(command.address, options=channel_options()) as channel,
    ):
        launcher.wait_until_serving(Stop(), lambda: None)
        yield channel
