"""Asks for a service's health again and again, in a process of its own: `python -m benchmarks.serving.probe`.

It takes the service's address and how many seconds to go on, and prints the seconds of each Check as a JSON array.
"""

import json
import sys
import time
from typing import Final

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

from services.common.wire.channel import DIRECT

_PAUSE_SECONDS: Final = 0.02
_CALL_SECONDS: Final = 10


def probe(address: str, seconds: float) -> list[float]:
    """Return the seconds that each Check took."""
    found = []
    with grpc.insecure_channel(address, options=DIRECT) as channel:
        stub = health_pb2_grpc.HealthStub(channel)
        stub.Check(health_pb2.HealthCheckRequest(), timeout=_CALL_SECONDS, wait_for_ready=True)
        until = time.perf_counter() + seconds
        while (started := time.perf_counter()) < until:
            stub.Check(health_pb2.HealthCheckRequest(), timeout=_CALL_SECONDS)
            found.append(time.perf_counter() - started)
            time.sleep(_PAUSE_SECONDS)
    return found


if __name__ == "__main__":
    print(json.dumps(probe(sys.argv[1], float(sys.argv[2]))))
