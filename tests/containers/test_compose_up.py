"""The compose file as users start it: images are built, weights fetched, photos indexed, services restarted.

Run by `make test-compose` alone, since it takes minutes, a network and a Docker engine with Compose 2. The images are
built upon that of the Dockerfile, or upon ``$ALBUMEN_TEST_BASE_IMAGE``.
"""

import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.containers.engine import BASE_IMAGE_VARIABLE, ROOT, docker, need, tell
from tests.e2e.conftest import free_ports
from tests.e2e.processes import albumen

SERVICES = ("detector", "embedder", "catalog")
BUILD_SECONDS = 900
UP_SECONDS = 600
RESTART_SECONDS = 120
DOWN_SECONDS = 120

# Whichever test comes first waits for the start as well, and whichever comes last for the end.
pytestmark = pytest.mark.timeout(BUILD_SECONDS + UP_SECONDS + 2 * len(SERVICES) * RESTART_SECONDS + DOWN_SECONDS)


@dataclass(frozen=True)
class Project:
    """The compose file under a name, with images and on ports that nobody else uses."""

    name: str
    files: tuple[Path, ...]
    ports: dict[str, int]

    @property
    def catalog(self) -> str:
        return f"127.0.0.1:{self.ports['catalog']}"

    def compose(self, *arguments: str, seconds: float, check: bool = True) -> str:
        files = [word for file in self.files for word in ("--file", str(file))]
        ports = {f"ALBUMEN_{name.upper()}_PORT": str(port) for name, port in self.ports.items()}
        command = ("compose", "--project-name", self.name, *files, *arguments)
        return docker(*command, seconds=seconds, environment=ports, check=check).stdout

    def wait_until_healthy(self, seconds: int) -> None:
        """Wait for the health checks of all three; what a service logged is in the message if one of them fails."""
        command = ("up", "--no-build", "--detach", "--wait", "--wait-timeout", str(seconds))
        try:
            self.compose(*command, *SERVICES, seconds=seconds + 60)
        except pytest.fail.Exception as failure:
            logs = self.compose("logs", "--no-color", "--tail", "50", seconds=60, check=False)
            pytest.fail(f"{failure.msg}\n{logs}")

    def people(self) -> list[dict[str, Any]]:
        """Return what the command line tells of everybody, from the host."""
        listed = albumen(self.catalog, "people", "--all", "--json")
        assert listed.returncode == 0, listed.stdout + listed.stderr
        return [json.loads(line) for line in listed.stdout.splitlines()]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    need("info")
    need("compose", "version")
    base = os.environ.get(BASE_IMAGE_VARIABLE)
    tell(f"images are built upon {base or 'that of the Dockerfile'}")
    name = f"albumen-test-{secrets.token_hex(4)}"
    images = {service: {"image": f"{name}-{service}"} for service in ("weights", *SERVICES)}
    own_images = tmp_path_factory.mktemp("compose") / "images.yml"
    own_images.write_text(yaml.safe_dump({"services": images}))
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    project = Project(name, (ROOT / "docker-compose.yml", own_images), ports)
    try:
        project.compose("build", *(["--build-arg", f"BASE={base}"] if base else []), seconds=BUILD_SECONDS)
        project.wait_until_healthy(UP_SECONDS)
        yield project
    finally:
        project.compose("down", "--volumes", "--remove-orphans", "--rmi", "all", seconds=DOWN_SECONDS)


def test_samples_are_indexed_from_the_host_and_people_outlive_restarts(project: Project, samples_dir: Path) -> None:
    indexed = albumen(project.catalog, "index", str(samples_dir))
    assert indexed.returncode == 0, indexed.stdout + indexed.stderr
    people = project.people()
    assert [person["faceCount"] for person in people] == [4]
    for service in SERVICES:
        project.compose("restart", service, seconds=RESTART_SECONDS)
        project.wait_until_healthy(RESTART_SECONDS)
        assert project.people() == people, service
    again = albumen(project.catalog, "index", str(samples_dir))
    assert again.returncode == 0, again.stdout + again.stderr
    assert project.people() == people


def test_services_run_as_nobody_special_and_write_to_their_volumes_only(project: Project) -> None:
    command = "id -u; touch /opt/albumen/mark"
    for service in SERVICES:
        told = project.compose("exec", "-T", service, "sh", "-c", command, seconds=60, check=False)
        assert "10001" in told.splitlines(), told
        assert "Read-only file system" in told
