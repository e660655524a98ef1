import re
import tomllib
from pathlib import Path

from tools.protoc import ROOT


def test_both_packages_and_all_images_have_one_version() -> None:
    """The places that CONTRIBUTING.md names for a release."""
    services, contracts = _project(ROOT), _project(ROOT / "protos")
    version = services["version"]
    assert contracts["version"] == version
    assert f"albumen-protos=={version}" in services["dependencies"]
    tags = re.findall(r"image: albumen-\w+:(\S+)", (ROOT / "docker-compose.yml").read_text())
    assert tags
    assert set(tags) == {version}


def test_both_packages_have_one_licence() -> None:
    assert (ROOT / "protos" / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


def _project(folder: Path) -> dict[str, str]:
    project: dict[str, str] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return project
