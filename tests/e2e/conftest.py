import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.processes import Process


@dataclass
class Stack:
    """The three services, each a process on a free port."""

    detector: Process
    embedder: Process
    catalog: Process

    @property
    def services(self) -> dict[str, Process]:
        return {"detector": self.detector, "embedder": self.embedder, "catalog": self.catalog}


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [open_socket.getsockname()[1] for open_socket in sockets]
    for open_socket in sockets:
        open_socket.close()
    return ports


@pytest.fixture
def stack(tmp_path: Path, weights_dir: Path) -> Iterator[Stack]:
    detector, embedder, catalog = (f"127.0.0.1:{port}" for port in free_ports(3))
    services = Stack(
        Process(
            ["python", "-m", "services.detector"],
            {"ALBUMEN_DETECTOR_LISTEN": detector, "ALBUMEN_WEIGHTS_DIR": str(weights_dir)},
            detector,
            tmp_path / "detector.log",
        ),
        Process(
            ["python", "-m", "services.embedder"],
            {"ALBUMEN_EMBEDDER_LISTEN": embedder, "ALBUMEN_WEIGHTS_DIR": str(weights_dir)},
            embedder,
            tmp_path / "embedder.log",
        ),
        Process(
            ["python", "-m", "services.catalog"],
            {
                "ALBUMEN_CATALOG_LISTEN": catalog,
                "ALBUMEN_CATALOG_LIBRARIES_DIR": str(tmp_path / "libraries"),
                "ALBUMEN_CATALOG_DETECTOR_TARGET": detector,
                "ALBUMEN_CATALOG_EMBEDDER_TARGET": embedder,
            },
            catalog,
            tmp_path / "catalog.log",
        ),
    )
    for process in services.services.values():
        process.start()
    try:
        for process in services.services.values():
            process.wait_until_serving()
        yield services
    finally:
        codes = {name: process.stop() for name, process in services.services.items()}
    assert codes == {"detector": 0, "embedder": 0, "catalog": 0}
