"""Prints what an installation needs besides Albumen itself: `python tools/requirements.py detector`.

pip verifies hashes only if every package has one, and ours, read from a folder, can't have any. So what is not ours is
installed first, verified, and then our two packages without their dependencies. Runs with Python alone.
"""

import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]


def requirements(*extras: str) -> list[str]:
    """Return the requirements of the services and of `extras`, as pip takes them, without our own packages.

    Raises:
        KeyError: there is no such extra.

    """
    services, contracts = _project(ROOT), _project(ROOT / "protos")
    found = {*contracts["dependencies"], *services["dependencies"]}
    for extra in extras:
        found.update(_of_extra(services, extra))
    return sorted(each for each in found if not _is_ours(each, services, contracts))


def _of_extra(project: dict[str, Any], extra: str) -> Iterator[str]:
    """Yield the requirements of an extra, and of those of our own that it stands for."""
    itself = f"{project['name']}["
    for requirement in project["optional-dependencies"][extra]:
        if requirement.startswith(itself):
            for other in requirement.removeprefix(itself).removesuffix("]").split(","):
                yield from _of_extra(project, other)
        else:
            yield requirement


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return project


def _is_ours(requirement: str, *projects: dict[str, Any]) -> bool:
    return any(requirement == f"{project['name']}=={project['version']}" for project in projects)


if __name__ == "__main__":
    sys.stdout.writelines(f"{requirement}\n" for requirement in requirements(*sys.argv[1:]))
