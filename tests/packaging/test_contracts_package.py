import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from tests.packaging.environment import Environment
from tools.protoc import ROOT

pytestmark = pytest.mark.registry

CONTRACTS = ROOT / "protos"
PROJECT = tomllib.loads((CONTRACTS / "pyproject.toml").read_text())["project"]
REQUIREMENTS = [Requirement(line) for line in PROJECT["dependencies"]]
TYPES = PROJECT["optional-dependencies"]["types"]
LOWEST = [f"{each.name}=={spec.version}" for each in REQUIREMENTS for spec in each.specifier if spec.operator == ">="]
CLIENT = """
import grpc
from albumen.catalog.v1 import people_service_pb2, people_service_pb2_grpc

def first(channel: grpc.Channel) -> str:
    people = people_service_pb2_grpc.PeopleServiceStub(channel)
    answer = people.ListPeople(people_service_pb2.ListPeopleRequest(parent="libraries/default", page_size=1))
    return answer.people[0].display_name
"""


@pytest.fixture(scope="module")
def installed(contracts_wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Environment]]:
    """The contracts beside the oldest and the newest packages that they allow, and beside the newest protobuf 6."""
    wanted = {"lowest": LOWEST, "protobuf 6": ["protobuf<7"], "newest": [f"{contracts_wheel}[types]"]}

    def install(name: str) -> Environment:
        environment = Environment(tmp_path_factory.mktemp("environment"))
        environment.install(str(contracts_wheel), *wanted[name])
        return environment

    with ThreadPoolExecutor() as pool:
        yield dict(zip(wanted, pool.map(install, wanted), strict=True))


@pytest.mark.parametrize("name", ["lowest", "protobuf 6", "newest"])
def test_every_generated_module_is_imported_with_what_its_bounds_allow(
    installed: dict[str, Environment], contracts_wheel: Path, name: str
) -> None:
    modules = [path[:-3].replace("/", ".") for path in _files(contracts_wheel) if path.endswith(".py")]
    assert len(modules) > 20
    imported = installed[name].run("-c", "\n".join(f"import {module}" for module in modules))
    assert imported.returncode == 0, imported.stderr


def test_the_lower_bounds_are_what_the_generated_code_demands() -> None:
    """An older version, which the generated code would refuse, is not allowed; an acceptable one is not shut out."""
    bounds = {name: Version(version) for name, version in (line.split("==") for line in LOWEST)}
    messages = (CONTRACTS / "albumen/catalog/v1/image_pb2.py").read_text()
    services = (CONTRACTS / "albumen/catalog/v1/image_service_pb2_grpc.py").read_text()
    assert f"# Protobuf Python Version: {bounds['protobuf']}\n" in messages
    assert f"GRPC_GENERATED_VERSION = '{bounds['grpcio']}'\n" in services


def test_a_client_is_type_checked_against_the_installed_contracts(
    installed: dict[str, Environment], tmp_path: Path
) -> None:
    assert _mypy(installed["newest"], tmp_path, CLIENT) == ""


@pytest.mark.parametrize(
    ("right", "wrong", "complaint"),
    [
        ('parent="libraries/default"', "parent=7", '"parent" to "ListPeopleRequest" has incompatible type "int"'),
        (".display_name", ".displayname", '"Person" has no attribute "displayname"'),
        ("people.ListPeople(", "people.ListPersons(", '"PeopleServiceStub" has no attribute "ListPersons"'),
        ("-> str", "-> int", 'got "str", expected "int"'),
    ],
)
def test_a_mistake_in_a_client_is_seen_by_its_type_checker(
    installed: dict[str, Environment], tmp_path: Path, right: str, wrong: str, complaint: str
) -> None:
    assert right in CLIENT
    assert complaint in _mypy(installed["newest"], tmp_path, CLIENT.replace(right, wrong))


def test_the_package_installs_albumen_alone_and_needs_grpc_and_protobuf_only(contracts_wheel: Path) -> None:
    files = _files(contracts_wheel)
    assert {path.split("/")[0] for path in files} == {"albumen", f"albumen_protos-{PROJECT['version']}.dist-info"}
    assert {each.name for each in REQUIREMENTS} == {"grpcio", "protobuf", "googleapis-common-protos"}


def test_the_package_holds_the_contracts_their_code_and_their_types(contracts_wheel: Path) -> None:
    files = _files(contracts_wheel)
    for proto in (CONTRACTS / "albumen").rglob("*.proto"):
        stem = proto.relative_to(CONTRACTS).with_suffix("").as_posix()
        assert {f"{stem}.proto", f"{stem}_pb2.py", f"{stem}_pb2.pyi"} <= files
    for package in (CONTRACTS / "albumen").iterdir():
        if any(package.rglob("*.proto")):
            assert f"albumen/{package.name}/py.typed" in files


def _files(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _mypy(environment: Environment, folder: Path, code: str) -> str:
    """Return the complaints about `code` of a mypy that sees the packages of `environment` and no others."""
    client = folder / "client.py"
    client.write_text(code)
    cache = environment.bin.parent / "mypy_cache"
    options = ("--strict", "--config-file=", f"--cache-dir={cache}", f"--python-executable={environment.python}")
    command = [sys.executable, "-P", "-m", "mypy", *options, client.name]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=folder)
    return "" if done.returncode == 0 else done.stdout + done.stderr
