"""Google's linter of contracts: `python -m tools.api_linter`. protos/api-linter.yaml says which rules do not hold.

It is written in Go. Where there is no Go, or its modules cannot be fetched, the contracts are not linted, and a line
says so: buf's rules, which hold everywhere, are those that the tests insist on.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from tools.protoc import ROOT
from tools.protos import PROTOS, proto_files

CONFIG: Final = "api-linter.yaml"
_MODULE: Final = ROOT / "tools" / "go"
_PACKAGE: Final = "github.com/googleapis/api-linter"


class LinterMissingError(Exception):
    """The linter is not there and cannot be built; the message says why."""


def executable() -> Path:
    """Return where the pinned version of the linter is once it is built."""
    pinned = re.search(rf"{_PACKAGE} (\S+)", (_MODULE / "go.mod").read_text())
    if pinned is None:
        raise AssertionError("tools/go/go.mod pins the linter")
    return ROOT / "build" / f"api-linter-{pinned[1]}"


def build() -> None:
    """Build the linter, which takes a minute or two, unless it is there.

    Raises:
        LinterMissingError: there is no Go, or it could not build the linter.

    """
    if executable().exists():
        return
    go = shutil.which("go")
    if go is None:
        raise LinterMissingError("there is no Go here")
    executable().parent.mkdir(exist_ok=True)
    print("Building api-linter; the first time takes a minute or two ...", flush=True)  # noqa: T201 - a command
    command = [go, "build", "-mod=readonly", "-o", str(executable()), f"{_PACKAGE}/cmd/api-linter"]
    # Nothing is built in C: a machine without a C compiler can do it too.
    environment = {**os.environ, "CGO_ENABLED": "0"}
    built = subprocess.run(  # noqa: S603 - the machine's own Go
        command, cwd=_MODULE, env=environment, capture_output=True, text=True, check=False
    )
    if built.returncode != 0:
        raise LinterMissingError(f"Go could not build it: {built.stderr.strip().splitlines()[-1]}")


def lint(contracts: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Lint our contracts in the folder `contracts`; the result has a status other than 0 if there is a finding."""
    command = [str(executable()), f"-I={contracts}", "--set-exit-status", *options, *proto_files()]
    return subprocess.run(command, cwd=contracts, capture_output=True, text=True, check=False)  # noqa: S603 - built here


def main() -> int:
    """Lint the contracts; return 0 if nothing was found or there is no linter."""
    try:
        build()
    except LinterMissingError as error:
        print(f"api-linter was left out: {error}.")  # noqa: T201 - a command
        return 0
    found = lint(PROTOS, f"--config={CONFIG}")
    print(found.stdout + found.stderr if found.returncode else "api-linter: no findings")  # noqa: T201 - a command
    return found.returncode


if __name__ == "__main__":
    sys.exit(main())
