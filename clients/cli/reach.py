"""Whether anybody is there to be asked, told at once: a call by itself tries for as long as a restart may take."""

import time
from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clients.cli import console
from clients.cli.failure import THIS_MACHINE, is_nobody_there
from clients.cli.launching.home_lock import is_starting, libraries_folder
from services.common.wire.channel import DIRECT

_CALL_SECONDS: Final = 3.0
_POLL_SECONDS: Final = 0.2
# Long enough for any network, and shorter than the call: so that is late where somebody is there who is busy.
_OPTIONS: Final = (*DIRECT, ("grpc.min_reconnect_backoff_ms", 2000))


def require_reached(target: str) -> None:
    """Check that somebody is at `target`, whatever state it is in; whoever `albumen up` is starting is waited for.

    Raises:
        grpc.RpcError: nobody is there.

    """
    told = False
    while True:
        # Before the call: in the moment behind it, they may be there and serve.
        starting = _is_being_started(target)
        try:
            with grpc.insecure_channel(target, options=_OPTIONS) as channel:
                health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_CALL_SECONDS)
        except grpc.RpcError as error:
            # Who breaks off, as a container that is starting does, or is late has been seen.
            if not is_nobody_there(error):
                return
            if not starting:
                raise
        else:
            return
        if not told:
            console.err.print("[dim]Waiting for the services, which are starting …[/]", soft_wrap=True)
        told = True
        time.sleep(_POLL_SECONDS)


def _is_being_started(target: str) -> bool:
    """Return whether an `albumen up` that would serve at `target` has only begun."""
    return target.rpartition(":")[0] in THIS_MACHINE and is_starting(libraries_folder())
