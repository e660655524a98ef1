"""Services whose log can't be written: they serve as ever."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import grpc
import pytest
from google.rpc.error_details_pb2 import ErrorInfo
from grpc_status import rpc_status

from albumen.catalog.v1 import library_service_pb2 as pb
from albumen.catalog.v1.library_service_pb2_grpc import LibraryServiceStub
from services.common.wire.channel import DIRECT
from services.common.wire.health_check import is_serving
from tests.e2e.conftest import free_ports

SECONDS = 60


@contextmanager
def catalog(
    folder: Path, command: Sequence[str], stderr: int | None
) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    (port,) = free_ports(1)
    environment = {
        **os.environ,
        "ALBUMEN_EXIT_WITH_STDIN": "",
        "ALBUMEN_CATALOG_LISTEN": f"127.0.0.1:{port}",
        "ALBUMEN_CATALOG_LIBRARIES_DIR": str(folder),
    }
    process = subprocess.Popen([*command, sys.executable, "-m", "services.catalog"], env=environment, stderr=stderr)
    try:
        yield process, f"127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def standard_error(kind: str) -> Iterator[int]:
    if kind == "full":
        descriptor = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, descriptor = os.pipe()
        os.close(reader)
    yield descriptor
    os.close(descriptor)


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
@pytest.mark.parametrize("kind", ["full", "gone", "closed"])
def test_a_log_that_takes_no_line_costs_no_call(tmp_path: Path, kind: str) -> None:
    command = ("sh", "-c", 'exec "$@" 2>&-', "sh") if kind == "closed" else ()
    with standard_error(kind) as stderr, catalog(tmp_path, command, stderr) as (process, target):
        end = time.monotonic() + SECONDS
        while not is_serving(target):
            assert process.poll() is None
            assert time.monotonic() < end
        with grpc.insecure_channel(target, options=DIRECT) as channel:
            stub = LibraryServiceStub(channel)
            made = stub.CreateLibrary(pb.CreateLibraryRequest(library_id="summer"), timeout=SECONDS)
            assert made.library.name == "libraries/summer"
            (tmp_path / "broken.duckdb").write_bytes(b"no library")

            assert _refusal(stub, "libraries/none") == (grpc.StatusCode.NOT_FOUND, "LIBRARY_NOT_FOUND")
            # The log says why.
            assert _refusal(stub, "libraries/broken")[0] is not grpc.StatusCode.UNKNOWN

        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0


def _refusal(stub: LibraryServiceStub, name: str) -> tuple[grpc.StatusCode, str]:
    with pytest.raises(grpc.RpcError) as caught:
        stub.GetLibrary(pb.GetLibraryRequest(name=name), timeout=SECONDS)
    status = rpc_status.from_call(caught.value)
    assert status is not None
    info = ErrorInfo()
    assert any(detail.Unpack(info) for detail in status.details)
    return caught.value.code(), info.reason
