"""A fresh machine: a container with git, make and Python and nothing else, in which the README's commands are run.

Run by `make test-bare` alone, since it takes many minutes, a network and a Docker engine. What is committed is tried,
not what is being edited.
"""

import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.engine import BASE_IMAGE_VARIABLE, ROOT, docker, need, tell

BASE_IMAGES = os.environ.get(BASE_IMAGE_VARIABLE, "python:3.11-slim python:3-slim").split()
CHECKOUT = "/root/albumen"
IMAGE_SECONDS = 600
CLONE_SECONDS = 60
DEMO_SECONDS = 900
TEST_SECONDS = 3600
# What the container itself answers with if it is told so; it ends all that still runs there.
TIMED_OUT = 124


class Machine:
    """A container that waits for commands."""

    def __init__(self, image: str, bundle: Path) -> None:
        self.name = f"albumen-bare-{secrets.token_hex(4)}"
        mount = f"type=bind,source={bundle},target=/albumen.bundle,readonly"
        options = ("--detach", "--rm", "--init", "--name", self.name, "--mount", mount)
        docker("run", *options, image, "sleep", "infinity", seconds=60)

    def run(self, command: str, folder: str, seconds: int) -> None:
        """Run a command to its end; what it prints is shown as it comes, since it may take many minutes."""
        began = time.monotonic()
        bounded = ("timeout", str(seconds), "sh", "-c", command)
        code = subprocess.run(
            ["docker", "exec", "--workdir", folder, self.name, *bounded],
            stdin=subprocess.DEVNULL,
            timeout=seconds + 60,
            check=False,
        ).returncode
        tell(f"{command}: {time.monotonic() - began:.0f} s")
        assert code != TIMED_OUT, f"{command} took more than {seconds} s"
        assert code == 0, f"{command} ended with {code}"

    def remove(self) -> None:
        docker("rm", "--force", "--volumes", self.name, seconds=60)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is committed, in a file that can be cloned."""
    need("info")
    path = tmp_path_factory.mktemp("bare") / "albumen.bundle"
    subprocess.run(["git", "bundle", "create", "--quiet", str(path), "HEAD"], cwd=ROOT, timeout=60, check=True)
    return path


@pytest.fixture(params=BASE_IMAGES)
def machine(request: pytest.FixtureRequest, bundle: Path, tmp_path: Path) -> Iterator[Machine]:
    base = request.param
    image = f"albumen-bare-test:{base.replace(':', '-').replace('/', '-')}"
    install = "apt-get update && apt-get install --yes --no-install-recommends git make"
    recipe = f"FROM {base}\nRUN command -v git && command -v make || {{ {install}; }}\n"
    (tmp_path / "Dockerfile").write_text(recipe)
    docker("build", "--tag", image, str(tmp_path), seconds=IMAGE_SECONDS)
    version = docker("run", "--rm", image, "python3", "--version", seconds=60).stdout.strip()
    tell(f"the fresh machine is {base}, with {version}")
    machine = Machine(image, bundle)
    try:
        yield machine
    finally:
        machine.remove()


@pytest.mark.timeout(IMAGE_SECONDS + CLONE_SECONDS + DEMO_SECONDS + TEST_SECONDS + 300)
def test_a_fresh_machine_runs_the_demo_and_every_test(machine: Machine) -> None:
    machine.run(f"git -c advice.detachedHead=false clone --quiet /albumen.bundle {CHECKOUT}", "/root", CLONE_SECONDS)
    machine.run("make demo", CHECKOUT, DEMO_SECONDS)
    machine.run("make test", CHECKOUT, TEST_SECONDS)
