"""Docker, as far as the tests in containers use it: where there is one, and commands with an end to their time."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BASE_IMAGE_VARIABLE = "ALBUMEN_TEST_BASE_IMAGE"
_ANSWER_SECONDS = 20


def docker(
    *arguments: str, seconds: float, environment: Mapping[str, str] | None = None, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run docker to its end, and return what it printed on both its outputs as one.

    Args:
        arguments: those of docker.
        seconds: after which it is killed, and the test fails.
        environment: added to that of the test.
        check: fail where the exit code is not 0, with all that was printed.

    """
    finished = subprocess.run(
        ["docker", *arguments],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    if check and finished.returncode != 0:
        pytest.fail(f"docker {' '.join(arguments)} ended with {finished.returncode}:\n{finished.stdout}")
    return finished


def need(*command: str) -> None:
    """Skip the tests of whoever calls where docker does not answer to this command of it."""
    try:
        answer = docker(*command, seconds=_ANSWER_SECONDS, check=False)
    except FileNotFoundError:
        pytest.skip("there is no docker on this machine")
    except subprocess.TimeoutExpired:
        pytest.skip(f"docker {command[0]} did not answer in {_ANSWER_SECONDS} s")
    if answer.returncode != 0:
        reason = answer.stdout.strip().splitlines()[-1:]
        pytest.skip(f"docker {command[0]} does not answer: {' '.join(reason)}")


def tell(text: str) -> None:
    """Show a line at once to whoever waits, between what the containers print."""
    sys.stdout.write(f"\n{text}\n")
    sys.stdout.flush()
