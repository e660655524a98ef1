import shutil
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tools.protos import PROTOS, google_protos

Buf = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def buf_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of our contracts and of Google's, which buf would otherwise fetch from its own registry."""
    workspace = tmp_path_factory.mktemp("buf")
    shutil.copytree(PROTOS, workspace / "protos", ignore=shutil.ignore_patterns("*.py", "*.pyi", "buf.yaml"))
    for area in ("api", "rpc", "type"):
        shutil.copytree(
            google_protos() / "google" / area,
            workspace / "google" / "google" / area,
            ignore=shutil.ignore_patterns("*.py", "*.pyi", "__pycache__"),
        )
    rules = yaml.safe_load((PROTOS / "buf.yaml").read_text())
    rules["modules"] = [{"path": "protos"}, {"path": "google", "lint": {"ignore": ["google"]}}]
    (workspace / "buf.yaml").write_text(yaml.safe_dump(rules))
    return workspace


@pytest.fixture(scope="session")
def buf(buf_workspace: Path) -> Buf:
    executable = Path(sysconfig.get_path("scripts")) / "buf"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [executable, *arguments], cwd=buf_workspace, capture_output=True, text=True, timeout=60, check=False
        )

    return run
