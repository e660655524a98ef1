"""The very commands, environment and ports that the compose file names, as local processes."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.processes import Process, albumen

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"
DOCKERFILE = COMPOSE.with_name("Dockerfile")
SERVICES = ("detector", "embedder", "catalog")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


def with_defaults(text: str) -> str:
    """Replace each ``${NAME:-default}`` as the engine does where NAME is not set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)


def published(service: dict[str, Any]) -> str:
    (port,) = service["ports"]
    address, container_port = with_defaults(port).rsplit(":", 1)
    assert address.startswith("127.0.0.1:")
    assert address.endswith(container_port)
    return str(address)


def local_environment(service: dict[str, Any], folders: dict[str, Path]) -> dict[str, str]:
    """Replace what only a container has: its volumes, its own loopback, its neighbours' names."""
    environment = {}
    for name, value in service["environment"].items():
        local = str(value).replace("0.0.0.0:", "127.0.0.1:")
        for folder, path in folders.items():
            local = local.replace(folder, str(path))
        for neighbour in SERVICES:
            local = local.replace(f"{neighbour}:", "localhost:")
        environment[name] = local
    return environment


def test_the_services_of_the_compose_file_do_the_main_job(
    compose: dict[str, Any], tmp_path: Path, weights_dir: Path, samples_dir: Path
) -> None:
    folders = {"/var/lib/albumen/weights": weights_dir, "/var/lib/albumen/libraries": tmp_path}
    processes = []
    for name in SERVICES:
        service = compose["services"][name]
        environment = local_environment(service, folders)
        process = Process(service["command"], environment, published(service), tmp_path / f"{name}.log")
        processes.append(process.start())
    try:
        for name, process in zip(SERVICES, processes, strict=True):
            process.wait_until_serving()
            probe = compose["services"][name]["healthcheck"]["test"]
            assert probe[0] == "CMD"
            check = Process(probe[1:], {}, process.target, tmp_path / "check.log")
            assert check.start().wait() == 0
        target = processes[-1].target
        assert albumen(target, "index", str(samples_dir)).returncode == 0
        assert "4" in albumen(target, "people").stdout
    finally:
        codes = [process.stop() for process in processes]
    assert codes == [0, 0, 0]


def test_every_volume_and_dependency_is_declared(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in compose["volumes"]
        for dependency in service.get("depends_on", {}):
            assert dependency in compose["services"]
    assert {compose["services"][name]["build"]["args"]["SERVICE"] for name in SERVICES} == set(SERVICES)


def test_another_port_can_be_asked_for_where_one_is_taken(compose: dict[str, Any]) -> None:
    ports = [compose["services"][name]["ports"] for name in SERVICES]
    variables = [f"ALBUMEN_{name.upper()}_PORT" for name in SERVICES]
    assert all(f"${{{variable}:-" in port for variable, (port,) in zip(variables, ports, strict=True))


def test_the_pull_of_a_container_may_write_its_downloads_beside_the_weights() -> None:
    (given,) = re.findall(r"install -d -o albumen -g albumen (.*)", DOCKERFILE.read_text())
    assert {"/var/lib/albumen", "/var/lib/albumen/libraries", "/var/lib/albumen/weights"} <= set(given.split())


def test_every_service_has_a_memory_limit_that_can_be_changed(compose: dict[str, Any]) -> None:
    limits = {name: compose["services"][name]["mem_limit"] for name in SERVICES}

    assert {name: f"${{ALBUMEN_{name.upper()}_MEMORY:-" in limit for name, limit in limits.items()} == dict.fromkeys(
        SERVICES, True
    )
    assert with_defaults(limits["detector"]) == "1280m"


def test_images_run_as_nobody_special() -> None:
    assert "USER albumen" in DOCKERFILE.read_text()
