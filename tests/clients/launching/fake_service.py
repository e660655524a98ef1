"""A service for the launcher's tests: health on a real port, and whatever end is asked for."""

# ruff: noqa: N802, ARG002

import argparse
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_status import rpc_status

from albumen.detector.v1.detector_service_pb2 import ListModelsRequest, ListModelsResponse
from albumen.detector.v1.detector_service_pb2_grpc import (
    DetectorServiceServicer,
    add_DetectorServiceServicer_to_server,
)
from services.common.errors import Reason, UnavailableError
from services.common.wire.status import to_status


class WithoutWeights(DetectorServiceServicer):
    def ListModels(self, request: ListModelsRequest, context: grpc.ServicerContext) -> ListModelsResponse:
        error = UnavailableError(Reason.MODEL_UNAVAILABLE, "There is no face.onnx.")
        context.abort_with_status(rpc_status.to_status(to_status(error)))
        raise AssertionError


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("behaviour", choices=["serve", "crash", "no-weights", "never-ready", "stubborn"])
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.SIG_IGN if arguments.behaviour == "stubborn" else signal.SIG_DFL)
    signal.signal(signal.SIGUSR1, lambda _number, _frame: os._exit(3))
    if os.environ.get("ALBUMEN_EXIT_WITH_STDIN") == "1":
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    if arguments.behaviour == "crash":
        sys.stderr.write("first line\nthe reason\n")
        return 7
    serving = arguments.behaviour in ("serve", "stubborn")
    servicer = health.HealthServicer()
    status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
    servicer.set("", status)
    server = grpc.server(ThreadPoolExecutor(2), options=[("grpc.so_reuseport", 0)])
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    if arguments.behaviour == "no-weights":
        add_DetectorServiceServicer_to_server(WithoutWeights(), server)  # type: ignore[abstract]
    server.add_insecure_port(arguments.address)
    server.start()
    server.wait_for_termination()
    return 0


def _end_with_stdin() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
