from pathlib import Path

import pytest

from tests.packaging.environment import build_wheel
from tools.protoc import ROOT


@pytest.fixture(scope="session")
def contracts_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT / "protos", tmp_path_factory.mktemp("contracts"))


@pytest.fixture(scope="session")
def services_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(ROOT, tmp_path_factory.mktemp("services"))
