import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tools.protos import PROTOS

Buf = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder of contracts, without what is generated from them."""
    copy = tmp_path_factory.mktemp("contracts") / "protos"
    shutil.copytree(PROTOS, copy, ignore=shutil.ignore_patterns("*.py", "*.pyi", "*.binpb", "__pycache__"))
    return copy


@pytest.fixture(scope="session")
def buf(contracts: Path) -> Buf:
    executable = Path(sysconfig.get_path("scripts")) / "buf"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [executable, *arguments], cwd=contracts, capture_output=True, text=True, timeout=60, check=False
        )

    return run
