import os
import subprocess
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml

from tests.e2e.conftest import free_ports
from tests.packaging.environment import Environment
from tools.protoc import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
# What a stranger's folder may hold: packages that have the names of ours, modules with names of others that we import.
PACKAGES = ("services", "models", "clients", "albumen", "albumen_app", "grpc", "structlog")
MODULES = ("queue", "platformdirs", "typer", "sitecustomize")
TRAP = "from pathlib import Path\nPath(__file__ + '.ran').touch()\nraise SystemExit(99)\n"


@pytest.fixture(scope="module")
def installed(services_wheel: Path, contracts_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of an installation from wheels, beside packages of others that are named as ours.

    What they depend on is that of the checkout.
    """
    environment = Environment(tmp_path_factory.mktemp("environment"))
    environment.install("--no-deps", str(services_wheel), str(contracts_wheel))
    (environment.site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    for package in ("services", "models", "clients"):
        (environment.site_packages / package).mkdir()
        (environment.site_packages / package / "__init__.py").write_text("owner = 'somebody else'\n")
    return environment.bin


@pytest.fixture(params=["from the checkout", "from the wheel"])
def programs(request: pytest.FixtureRequest) -> Path:
    if request.param == "from the wheel":
        folder: Path = request.getfixturevalue("installed")
        return folder
    return Path(sysconfig.get_path("scripts"))


@pytest.fixture
def strange_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    for package in PACKAGES:
        (folder / package).mkdir(parents=True)
        for name in ("__init__.py", "__main__.py"):
            (folder / package / name).write_text(TRAP)
    for module in MODULES:
        (folder / f"{module}.py").write_text(TRAP)
    return folder


def test_what_is_installed_takes_one_name_among_the_packages_of_others(services_wheel: Path) -> None:
    with zipfile.ZipFile(services_wheel) as archive:
        names = {path.split("/")[0] for path in archive.namelist()}
    assert names == {"albumen_app", f"albumen-{PROJECT['version']}.dist-info"}


def test_services_started_in_a_strange_folder_run_nothing_of_it(
    programs: Path, strange_folder: Path, weights_dir: Path
) -> None:
    ports = zip(("detector", "embedder", "catalog"), free_ports(3), strict=True)
    listen = [part for name, port in ports for part in (f"--{name}-listen", f"127.0.0.1:{port}")]
    home = {"ALBUMEN_HOME": str(strange_folder.parent / "home"), "ALBUMEN_WEIGHTS_DIR": str(weights_dir)}
    done = _run([str(programs / "albumen"), "up", *listen, "--", "sh", "-c", "exit 7"], strange_folder, home)
    assert done.returncode == 7, done.stdout + done.stderr
    assert _ran(strange_folder) == []


@pytest.mark.parametrize("arguments", [["albumen", "--version"], ["albumen-models", "list"]], ids=" ".join)
def test_programs_run_in_a_strange_folder_run_nothing_of_it(
    programs: Path, strange_folder: Path, arguments: list[str]
) -> None:
    done = _run([str(programs / arguments[0]), *arguments[1:]], strange_folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert _ran(strange_folder) == []


def test_the_health_check_of_a_container_runs_nothing_of_its_folder(programs: Path, strange_folder: Path) -> None:
    python, *arguments, _ = COMPOSE["catalog"]["healthcheck"]["test"][1:]
    (port,) = free_ports(1)
    done = _run([str(programs / python), *arguments, f"127.0.0.1:{port}"], strange_folder)
    assert done.returncode == 1, done.stdout + done.stderr
    assert _ran(strange_folder) == []


def test_a_command_of_a_container_imports_nothing_of_its_folder() -> None:
    for service in COMPOSE.values():
        command = service["command"]
        assert command[0] == "albumen-models" or command[:4] == ["python", "-P", "-m", "albumen_app"]


def test_packages_of_others_with_the_names_of_ours_stay_theirs(installed: Path, tmp_path: Path) -> None:
    """A Django application has a `models`, which it must go on to find."""
    code = "import services, models, clients; print(models.owner)"
    assert _run([str(installed / "python"), "-P", "-c", code], tmp_path).stdout == "somebody else\n"


def _run(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def _ran(folder: Path) -> list[str]:
    """Return the files of `folder` that were executed."""
    return sorted(path.name for path in folder.rglob("*.ran"))
