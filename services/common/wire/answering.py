"""Who answers at an address where another service was looked for, told by the health service."""

from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.wire.channel import DIRECT

STRANGER: Final = "a server that is none of Albumen's"
_SECONDS: Final = 2.0
_SERVICES: Final = ("detector", "embedder", "catalog")


def who_answers(target: str) -> str:
    """Return what answers at `target`, for example ``an embedder``."""
    with grpc.insecure_channel(target, options=DIRECT) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).List(health_pb2.HealthListRequest(), timeout=_SECONDS)
        except grpc.RpcError:
            return STRANGER
    return _who(answer)


async def who_answers_on(channel: grpc.aio.Channel) -> str:
    """Return what answers on `channel`, for example ``an embedder``."""
    try:
        answer = await health_pb2_grpc.HealthStub(channel).List(health_pb2.HealthListRequest(), timeout=_SECONDS)
    except grpc.aio.AioRpcError:
        return STRANGER
    return _who(answer)


def _who(answer: health_pb2.HealthListResponse) -> str:
    for service in _SERVICES:
        if any(name.startswith(f"albumen.{service}.") for name in answer.statuses):
            return f"an {service}" if service[0] in "aeiou" else f"a {service}"
    return STRANGER
