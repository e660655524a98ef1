import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import pytest

from tools.protoc import ROOT

PACKAGES = ("albumen_app", "services", "models", "clients", "tools", "accuracy", "benchmarks", "torture")
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
NEIGHBOURS = "Services do not import each other"
COMMON = "What is common imports no service"
MODELS = "Models know no service"
MEASURING = "Benchmarks know no accuracy, and the product knows neither"
CLIENTS = "Clients speak gRPC and know no core"
WIRE = "Cores know no wire"
SERVICERS = "Only a composition root imports servicers"
SQL = "SQL stands in storage only"
ROOMS = "No import of the catalog runs back up"
# Where a new module is put, what it imports, and the wall that it breaks.
VIOLATIONS = [
    ("services/embedder", "services.detector.detector", NEIGHBOURS),
    ("services/catalog/indexing", "services.embedder.embedder", NEIGHBOURS),
    ("services/common", "services.detector.settings", COMMON),
    ("services/common/wire", "services.catalog.settings", COMMON),
    ("models", "services.catalog.catalog", MODELS),
    ("models/conversion", "services.common.errors", MODELS),
    ("models", "grpc", MODELS),
    ("benchmarks", "accuracy.bar", MEASURING),
    ("services/detector", "benchmarks.photos", MEASURING),
    ("benchmarks", "torture.arena", MEASURING),
    ("accuracy", "torture.arena", MEASURING),
    ("services/catalog/edits", "clients.cli.failure", MEASURING),
    ("albumen_app", "services.common.errors", MEASURING),
    ("clients/cli", "services.catalog.library", CLIENTS),
    ("clients/cli/commands", "onnxruntime", CLIENTS),
    ("services/detector", "services.common.wire.status", WIRE),
    ("services/catalog/people", "services.common.wire.status", WIRE),
    ("services/embedder", "grpc", WIRE),
    ("services/common", "grpc", WIRE),
    ("services/catalog/storage", "google.protobuf.message", WIRE),
    ("services/catalog/search", "albumen.types.v1.geometry_pb2", WIRE),
    ("services/detector", "services.detector.servicer", SERVICERS),
    ("services/catalog/indexing", "services.catalog.servicers", SERVICERS),
    ("services/catalog/search", "duckdb", SQL),
    ("services/catalog/servicers", "duckdb", SQL),
    ("clients/cli", "duckdb", SQL),
    ("services/catalog/indexing", "services.catalog.servicers", ROOMS),
    ("services/catalog/storage", "services.catalog.search", ROOMS),
    ("services/catalog/clustering", "services.catalog.people", ROOMS),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of every package, and the walls between them."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            target = folder / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return folder


@pytest.fixture(scope="module")
def refusals(copy: Path) -> dict[str, str]:
    """The broken walls, and what is said of each, after every violation was planted in a module of its own."""
    planted = {copy / folder / f"{_module(imported)}.py": imported for folder, imported, _ in VIOLATIONS}
    for path, imported in planted.items():
        path.write_text(f"import {imported}\n")
    broken, code = _broken(copy)
    for path in planted:
        path.unlink()
    assert code == 1
    return broken


def test_no_wall_is_broken(copy: Path) -> None:
    assert _broken(copy) == ({}, 0)


@pytest.mark.parametrize(("folder", "imported", "wall"), VIOLATIONS)
def test_an_import_through_a_wall_is_refused(refusals: dict[str, str], folder: str, imported: str, wall: str) -> None:
    importer = f"{folder.replace('/', '.')}.{_module(imported)}"
    assert f"{importer} -> {imported.split('.', maxsplit=1)[0]}" in refusals[wall]


def test_a_module_of_the_catalog_without_a_place_among_its_rooms_is_refused(copy: Path) -> None:
    planted = copy / "services/catalog/planted.py"
    planted.touch()
    broken, code = _broken(copy)
    planted.unlink()
    assert code == 1
    assert "services.catalog.planted" in broken[ROOMS]


def test_every_wall_has_its_violation() -> None:
    assert {contract["name"] for contract in SETTINGS["contracts"]} == {wall for _, _, wall in VIOLATIONS}


def _module(imported: str) -> str:
    return f"planted_{imported.replace('.', '_')}"


def _broken(copy: Path) -> tuple[dict[str, str], int]:
    """Return the broken walls, each with what is said of it, and the exit code of the linter."""
    linter = Path(sysconfig.get_path("scripts")) / "lint-imports"
    wide = {**os.environ, "COLUMNS": "400"}
    done = subprocess.run(
        [linter, "--no-logo"], cwd=copy, env=wide, capture_output=True, text=True, timeout=60, check=False
    )
    names = re.findall(r"^(.*) BROKEN", done.stdout, re.MULTILINE)
    details = done.stdout.partition("Broken contracts")[2]
    parts = re.split(r"\n(.+)\n-+\n", details)
    said = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {name: said[name] for name in names}, done.returncode
