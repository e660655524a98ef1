import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from clients.cli.commands import up as command
from clients.cli.failure import CommandError
from clients.cli.launching.home_lock import HomeLock, is_starting
from clients.cli.launching.service_process import ServiceCommand
from tests.clients.conftest import Run
from tests.clients.launching.test_launcher import addresses as _addresses
from tests.clients.launching.test_launcher import fake_command

addresses = _addresses
_BOUND_SECONDS = 60


@pytest.fixture
def listen(addresses: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Options for `up`, with fakes in the place of the services."""
    real = command.service_commands

    def fakes(detector: str, embedder: str, catalog: str) -> list[ServiceCommand]:
        return [fake_command(each.name, each.address) for each in real(detector, embedder, catalog)]

    monkeypatch.setattr(command, "service_commands", fakes)
    monkeypatch.setenv("ALBUMEN_CATALOG_LIBRARIES_DIR", str(tmp_path / "libraries"))
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


def test_a_second_up_on_one_home_is_refused_and_touches_nothing(run: Run, listen: list[str], tmp_path: Path) -> None:
    code = """
import pathlib, subprocess, sys
done = subprocess.run(sys.argv[2:], capture_output=True, text=True)
pathlib.Path(sys.argv[1]).write_text(f"{done.returncode} {done.stderr}")
"""
    second = [sys.executable, "-m", "clients.cli", "up", "--log-dir", str(tmp_path / "logs")]
    finished = run("up", *listen, "--", sys.executable, "-c", code, str(tmp_path / "told"), *second)
    assert finished.exit_code == 0
    told = (tmp_path / "told").read_text()
    assert told.startswith("1 ")
    assert f"process {os.getpid()} uses {tmp_path / 'logs'}.  HOME_IN_USE" in told
    logs = sorted(path.name for path in (tmp_path / "logs").glob("*.log*"))
    assert logs == ["catalog.log", "detector.log", "embedder.log"]


@pytest.mark.parametrize("shared", ["logs", "libraries"])
def test_a_home_is_held_by_one_and_free_again_afterwards(tmp_path: Path, shared: str) -> None:
    first = HomeLock((tmp_path / "logs", tmp_path / "libraries"))
    other = {"logs": tmp_path / "logs2", "libraries": tmp_path / "libraries2", shared: tmp_path / shared}
    with first:
        assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "logs/.up.pid").stat().st_mode) == 0o600
        with pytest.raises(CommandError) as caught, HomeLock(other.values()):
            pass
        assert caught.value.exit_code == 1
        assert caught.value.reason == "HOME_IN_USE"
        assert f"process {os.getpid()} uses {tmp_path / shared}" in caught.value.message
        with pytest.raises(CommandError), HomeLock(other.values()):
            pass
    with HomeLock(other.values()):
        pass
    assert [path.name for path in (tmp_path / shared).iterdir()] in ([], [".up.lock"])


def test_who_is_stopping_is_waited_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def take() -> str:
        with HomeLock([tmp_path]):
            return (tmp_path / ".up.pid").read_text()

    with ThreadPoolExecutor(1) as pool:
        with HomeLock([tmp_path]) as first:
            with first.until_stopping():
                pass
            with pytest.raises(CommandError, match="running already"), HomeLock([tmp_path], patience_seconds=0):
                pass
            waiting = pool.submit(take)
            assert not wait([waiting], 0.3).done
        assert waiting.result(_BOUND_SECONDS) == f"{os.getpid()} starting"
    assert f"Waiting for process {os.getpid()}, which is stopping" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] in ([], [".up.lock"])


def test_a_home_says_whether_its_services_are_starting(tmp_path: Path) -> None:
    assert not is_starting(tmp_path)
    with HomeLock([tmp_path]) as lock:
        assert is_starting(tmp_path)
        lock.say_started()
        assert not is_starting(tmp_path)
        with lock.until_stopping():
            pass
        assert not is_starting(tmp_path)
    # As one that was killed leaves it.
    with subprocess.Popen(["true"]) as process:
        process.wait()
    (tmp_path / ".up.pid").write_text(f"{process.pid} starting")
    assert not is_starting(tmp_path)


def test_what_is_advised_where_a_home_is_taken_has_the_weights(tmp_path: Path) -> None:
    with HomeLock([tmp_path]), pytest.raises(CommandError) as caught, HomeLock([tmp_path]):
        pass
    assert "ALBUMEN_HOME" not in caught.value.advice
    assert "ALBUMEN_CATALOG_LIBRARIES_DIR=FOLDER albumen up --log-dir FOLDER" in caught.value.advice


def test_folders_that_can_not_be_made_are_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="can't be written"), HomeLock([tmp_path / "file/logs"]):
        pass


def test_a_pid_that_was_left_behind_is_readable_for_nobody_else(tmp_path: Path) -> None:
    left = tmp_path / ".up.pid"
    left.write_text("1")
    left.chmod(0o644)
    with HomeLock([tmp_path]):
        assert left.read_text() == f"{os.getpid()} starting"
        assert stat.S_IMODE(left.stat().st_mode) == 0o600


UP = """
import sys
from clients.cli.__main__ import main
from clients.cli.commands import up
from clients.cli.launching.service_process import ServiceCommand

real = up.service_commands

def fakes(*addresses):
    argv = (sys.executable, "-m", "tests.clients.launching.fake_service")
    return [ServiceCommand(c.name, (*argv, c.address, "serve"), c.address, {}) for c in real(*addresses)]

up.service_commands = fakes
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full")
@pytest.mark.parametrize("kind", ["full", "gone"])
def test_services_go_on_where_nothing_can_be_printed(listen: list[str], kind: str, tmp_path: Path) -> None:
    if kind == "full":
        output = os.open("/dev/full", os.O_WRONLY)
    else:
        reader, output = os.pipe()
        os.close(reader)
    # It is run once all serve.
    then = [sys.executable, "-c", "import pathlib, sys; pathlib.Path(sys.argv[1]).touch()", str(tmp_path / "served")]
    try:
        done = subprocess.run(
            [sys.executable, "-c", UP, "up", *listen, "--", *then],
            stdout=output, stderr=output, timeout=_BOUND_SECONDS, check=False,
        )  # fmt: skip
    finally:
        os.close(output)
    assert done.returncode == 0
    assert (tmp_path / "served").exists()
