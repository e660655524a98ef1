"""A launcher of fake services in a process of its own, which the tests may end as they like."""

import sys
from pathlib import Path

from clients.cli.launching.launcher import Launcher
from clients.cli.launching.stop import Stop
from tests.clients.launching.test_launcher import fake_command


def main(log_dir: Path, addresses: list[str]) -> None:
    commands = [fake_command(f"service-{number}", address) for number, address in enumerate(addresses)]
    stop = Stop()
    with stop.on_signals(), Launcher(commands, log_dir) as launcher:
        launcher.wait_until_serving(stop, lambda: None)
        sys.stdout.write(" ".join(str(service.pid) for service in launcher.services) + "\n")
        sys.stdout.flush()
        launcher.watch(stop)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
