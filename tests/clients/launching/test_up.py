import sys
from pathlib import Path

import pytest

from clients.cli.commands import up as command
from clients.cli.launching.service_process import ServiceCommand
from tests.clients.conftest import Run
from tests.clients.launching.test_launcher import addresses as _addresses
from tests.clients.launching.test_launcher import fake_command

addresses = _addresses


@pytest.fixture
def listen(addresses: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Options for `up`, with fakes in the place of the services."""
    real = command.service_commands

    def fakes(detector: str, embedder: str, catalog: str) -> list[ServiceCommand]:
        return [fake_command(each.name, each.address) for each in real(detector, embedder, catalog)]

    monkeypatch.setattr(command, "service_commands", fakes)
    names = ("detector", "embedder", "catalog")
    options = [part for name, address in zip(names, addresses, strict=True) for part in (f"--{name}-listen", address)]
    return ["--log-dir", str(tmp_path / "logs"), *options]


def test_runs_a_command_with_the_catalog_and_takes_its_exit_code(run: Run, listen: list[str], tmp_path: Path) -> None:
    code = """
import os, pathlib, sys
pathlib.Path(sys.argv[1]).write_text(os.environ["ALBUMEN_CATALOG_TARGET"])
sys.exit(9)
"""
    seen = tmp_path / "seen"
    finished = run("up", *listen, "--", sys.executable, "-c", code, str(seen))
    assert finished.exit_code == 9
    assert seen.read_text() == listen[-1]
    assert finished.out.count("serving") == 3


def test_a_command_that_is_not_there_starts_nothing(run: Run, listen: list[str], tmp_path: Path) -> None:
    finished = run("up", *listen, "--", "no-such-program")
    assert finished.exit_code == 127
    assert not (tmp_path / "logs").exists()


@pytest.mark.parametrize("address", ["50051", "localhost:", "localhost:0", "localhost:99999", ":50051"])
def test_a_wrong_address_is_wrong_usage(run: Run, listen: list[str], address: str) -> None:
    finished = run("up", *listen, "--detector-listen", address)
    assert finished.exit_code == 2
    assert "--detector-listen" in finished.err


def test_services_are_told_where_they_and_the_others_are() -> None:
    detector, embedder, catalog = command.service_commands("0.0.0.0:1", "127.0.0.1:2", "[::]:3")
    assert detector.argv[1:] == ("-P", "-m", "albumen_app", "services.detector")
    assert (detector.address, catalog.address) == ("127.0.0.1:1", "[::1]:3")
    assert detector.environment == {"ALBUMEN_DETECTOR_LISTEN": "0.0.0.0:1"}
    assert embedder.environment == {"ALBUMEN_EMBEDDER_LISTEN": "127.0.0.1:2"}
    assert catalog.environment == {
        "ALBUMEN_CATALOG_LISTEN": "[::]:3",
        "ALBUMEN_CATALOG_DETECTOR_TARGET": "127.0.0.1:1",
        "ALBUMEN_CATALOG_EMBEDDER_TARGET": "127.0.0.1:2",
        "MALLOC_ARENA_MAX": "2",
    }
