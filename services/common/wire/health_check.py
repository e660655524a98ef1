"""Asks a service whether it serves, for container health checks.

Use: `python -m services.common.wire.health_check HOST:PORT`.
"""

import sys
from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.wire.channel import DIRECT

_SECONDS: Final = 3


def is_serving(target: str) -> bool:
    """Return whether the server at `target` answers, within three seconds, that it serves."""
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=_SECONDS)
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


if __name__ == "__main__":
    sys.exit(0 if is_serving(sys.argv[1]) else 1)
