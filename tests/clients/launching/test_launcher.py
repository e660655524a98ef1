import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from clients.cli.failure import CommandError
from clients.cli.launching.foreground import run_in_foreground
from clients.cli.launching.launcher import Launcher
from clients.cli.launching.service_process import ServiceCommand, ServiceProcess, State
from clients.cli.launching.stop import Stop

_SERVICE = Path(__file__).with_name("fake_service.py")
_LAUNCHER = "tests.clients.launching.launch_fakes"
_BOUND_SECONDS = 60


def fake_command(name: str, address: str, behaviour: str = "serve") -> ServiceCommand:
    return ServiceCommand(name, (sys.executable, str(_SERVICE), address, behaviour), address, {})


@pytest.fixture
def addresses() -> list[str]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(3)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]


def _await_end(pid_fds: list[int]) -> None:
    for descriptor in pid_fds:
        ready, _, _ = select.select([descriptor], [], [], _BOUND_SECONDS)
        assert ready, "a service outlived its launcher"
        os.close(descriptor)


def _serving(launcher: Launcher) -> list[int]:
    assert launcher.wait_until_serving(Stop(), lambda: None)
    return [os.pidfd_open(service.pid) for service in launcher.services]


def test_all_serve_and_all_end(addresses: list[str], tmp_path: Path) -> None:
    commands = [fake_command(name, address) for name, address in zip("abc", addresses, strict=True)]
    seen: list[list[State]] = []
    with Launcher(commands, tmp_path / "logs") as launcher:
        services = launcher.services
        assert launcher.wait_until_serving(Stop(), lambda: seen.append([service.state for service in services]))
        assert seen[-1] == [State.SERVING] * 3
        pid_fds = [os.pidfd_open(service.pid) for service in services]
        codes = [service.exit_code for service in services]
    assert codes == [None] * 3
    _await_end(pid_fds)
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["a.log", "b.log", "c.log"]


def test_one_that_ends_ends_the_others_and_tells_why(addresses: list[str], tmp_path: Path) -> None:
    commands = [fake_command("good", addresses[0]), fake_command("bad", addresses[1], "crash")]
    with pytest.raises(CommandError) as caught, Launcher(commands, tmp_path) as launcher:  # noqa: PT012
        pid_fds = [os.pidfd_open(service.pid) for service in launcher.services[:1]]
        launcher.wait_until_serving(Stop(), lambda: None)
    assert caught.value.message == "The bad ended with exit code 7."
    assert caught.value.lines == ("first line", "the reason")
    assert caught.value.exit_code == 1
    _await_end(pid_fds)


def test_one_that_ends_later_ends_the_others(addresses: list[str], tmp_path: Path) -> None:
    commands = [fake_command(name, address) for name, address in zip("ab", addresses, strict=False)]
    failure = r"The b ended with exit code 3\."
    with pytest.raises(CommandError, match=failure), Launcher(commands, tmp_path) as launcher:  # noqa: PT012
        pid_fds = _serving(launcher)
        os.kill(launcher.services[1].pid, signal.SIGUSR1)
        launcher.watch(Stop())
    _await_end(pid_fds)


def test_missing_weights_end_the_wait_with_the_remedy(addresses: list[str], tmp_path: Path) -> None:
    commands = [fake_command("good", addresses[0]), fake_command("detector", addresses[1], "no-weights")]
    with pytest.raises(CommandError) as caught, Launcher(commands, tmp_path) as launcher:
        launcher.wait_until_serving(Stop(), lambda: None)
    assert caught.value.message == "The detector can't serve: There is no face.onnx."
    assert caught.value.reason == "MODEL_UNAVAILABLE"
    assert "albumen-models pull" in caught.value.advice


def test_the_wait_is_bounded(addresses: list[str], tmp_path: Path) -> None:
    launcher = Launcher([fake_command("slow", addresses[0], "never-ready")], tmp_path, start_seconds=0.01)
    with pytest.raises(CommandError, match=r"The slow did not serve within 0\.01 s\."), launcher:
        launcher.wait_until_serving(Stop(), lambda: None)


def test_one_that_does_not_listen_to_sigterm_is_killed(addresses: list[str], tmp_path: Path) -> None:
    with Launcher([fake_command("a", addresses[0], "stubborn")], tmp_path, stop_seconds=0.2) as launcher:
        pid_fds = _serving(launcher)
    _await_end(pid_fds)


def test_a_taken_port_is_told_before_anything_starts(addresses: list[str], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        host, _, port = addresses[1].partition(":")
        other.bind((host, int(port)))
        other.listen()
        commands = [fake_command(name, address) for name, address in zip("ab", addresses, strict=False)]
        launcher = Launcher(commands, tmp_path / "logs")
        with (
            pytest.raises(CommandError, match=f"The b can't listen on {addresses[1]}: another program does"),
            launcher,
        ):
            pass
    assert launcher.services == []
    assert not (tmp_path / "logs").exists()


def test_the_log_of_the_run_before_is_kept(addresses: list[str], tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("what happened before")
    with Launcher([fake_command("a", addresses[0])], tmp_path) as launcher:
        _serving(launcher)
    assert (tmp_path / "a.log.1").read_text() == "what happened before"
    assert (tmp_path / "a.log").read_text() == ""


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_service_outlives_its_launcher(addresses: list[str], tmp_path: Path, end: signal.Signals) -> None:
    argv = [sys.executable, "-m", _LAUNCHER, str(tmp_path), *addresses]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        pids = process.stdout.readline().split()
        assert len(pids) == 3
        pid_fds = [os.pidfd_open(int(pid)) for pid in pids]
        process.send_signal(end)
        _await_end(pid_fds)
        assert process.wait(_BOUND_SECONDS) == (-signal.SIGKILL if end is signal.SIGKILL else 0)


def _run(code: str, stop: Stop | None = None, check: Callable[[], None] = lambda: None) -> int:
    return run_in_foreground([sys.executable, "-c", code], {"ALBUMEN_CATALOG_TARGET": "here:1"}, stop or Stop(), check)


def test_the_exit_code_of_a_command_is_ours() -> None:
    assert _run("import sys; sys.exit(5)") == 5
    assert _run("import os; os.kill(os.getpid(), 15)") == 128 + 15
    assert _run("import os, sys; sys.exit(os.environ['ALBUMEN_CATALOG_TARGET'] != 'here:1')") == 0


def test_a_command_ends_when_it_is_to_stop_and_when_a_service_ends() -> None:
    stop = Stop()
    stop.signal = signal.SIGTERM
    assert _run("import signal; signal.pause()", stop) == 128 + signal.SIGTERM

    def gone() -> None:
        raise CommandError("The service ended.")

    with pytest.raises(CommandError):
        _run("import signal; signal.pause()", check=gone)


def test_the_first_signal_is_remembered() -> None:
    before = signal.getsignal(signal.SIGINT)
    stop = Stop()
    with stop.on_signals():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop
        os.kill(os.getpid(), signal.SIGINT)
    assert stop.signal == signal.SIGTERM
    assert signal.getsignal(signal.SIGINT) is before


def test_a_log_that_grows_too_large_starts_anew(tmp_path: Path) -> None:
    log = tmp_path / "talker.log"
    talker = ServiceProcess(ServiceCommand("talker", (sys.executable, "-c", "input()"), "127.0.0.1:9", {}), log)
    before = tmp_path / "talker.log.1"
    log.write_bytes(b"x" * 1001)
    talker.limit_log(max_bytes=1001)
    assert (log.stat().st_size, before.exists()) == (1001, False)
    talker.limit_log(max_bytes=1000)
    assert log.read_bytes() == b""
    assert before.read_bytes() == b"x" * 1001
    assert [path.stat().st_mode & 0o777 for path in (log, before)] == [0o600, 0o600]
    talker.terminate()
    assert talker.wait(_BOUND_SECONDS)


def test_a_log_that_finds_no_room_to_be_kept_stays_and_is_not_copied_again_and_again(tmp_path: Path) -> None:
    log = tmp_path / "talker.log"
    talker = ServiceProcess(ServiceCommand("talker", (sys.executable, "-c", "input()"), "127.0.0.1:9", {}), log)
    log.write_bytes(b"x" * 1001)
    before = tmp_path / "talker.log.1"
    # A folder that is in the way is no file that could be replaced.
    before.mkdir()
    talker.limit_log(max_bytes=1000)
    before.rmdir()
    talker.limit_log(max_bytes=1000)
    assert (log.stat().st_size, before.exists()) == (1001, False)
    talker.terminate()
    assert talker.wait(_BOUND_SECONDS)
