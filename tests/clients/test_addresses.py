"""Catalogs that are not there, and addresses that are none."""

import subprocess
import sys

import pytest

from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


def test_no_catalog_is_one_clear_line(run: Run, fake: FakeCatalog) -> None:
    fake.close()
    finished = run("people")
    assert finished.exit_code == 1
    assert finished.err.startswith(
        f"✗ The catalog at {fake.target} can't be reached (Connection refused).  UNAVAILABLE"
    )
    assert "albumen up" in finished.err
    assert finished.out == ""


def test_an_unknown_library_is_told_with_its_reason(run: Run) -> None:
    finished = run("--library", "nowhere", "people")
    assert finished.exit_code == 1
    assert "There is no library libraries/nowhere.  LIBRARY_NOT_FOUND" in finished.err


@pytest.mark.parametrize("library", ["BAD ID", "", "libraries/", "a b", "trip-", "1st", "a" * 64, "ärger", "trip\n"])
@pytest.mark.parametrize("command", [["people"], ["index", "."]])
def test_a_library_that_can_not_be_is_wrong_use_whether_or_not_a_catalog_is_there(
    run: Run, fake: FakeCatalog, library: str, command: list[str]
) -> None:
    fake.close()
    finished = run("--library", library, *command)
    assert finished.exit_code == 2
    problem, advice = finished.err.splitlines()
    assert problem.startswith("✗ ")
    assert problem.endswith(" and no hyphen last.  LIBRARY_ID_INVALID")
    assert advice == "→ `albumen library list` lists those that there are."


@pytest.mark.parametrize(
    "target",
    ["", "nonsense", "localhost:", "localhost:x", "localhost:0", "localhost:65536", ":1", "::1:50053", "a b:1"],
)
def test_an_address_that_is_none_is_refused_before_grpc_speaks(target: str) -> None:
    # In a process of its own: gRPC writes to the standard error of the system.
    command = [sys.executable, "-m", "clients.cli", "--catalog", target, "people"]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert finished.stderr == (
        f"✗ {target!r} is not HOST:PORT.\n"
        "→ Name the catalog as in --catalog localhost:50053, or in ALBUMEN_CATALOG_TARGET.\n"
    )


@pytest.mark.parametrize("target", ["[::1]:1", "127.0.0.1:1", "dns:///localhost:1", "unix:/nowhere"])
def test_an_address_of_any_kind_is_asked(run: Run, target: str) -> None:
    assert f"The catalog at {target} can't be reached" in run("--catalog", target, "people").err
