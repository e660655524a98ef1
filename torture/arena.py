"""Where the attacks take place: real services on free ports, each started when it is first asked for."""

import contextlib
import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from benchmarks.catalog.service import Vision
from clients.cli.commands.up import service_commands
from torture.fakes import serving_fakes
from torture.service import Service

_NOWHERE = "127.0.0.1:1"


class Arena:
    """Runs services for the parts.

    Args:
        folder: of logs and libraries; what is in it is not looked at.

    """

    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._services: dict[str, Service] = {}
        self._catalogs = 0

    @cached_property
    def vision(self) -> Vision:
        """Detector and embedder of the catalogs: fakes, so that only the catalog itself is attacked."""
        return self._stack.enter_context(serving_fakes())

    def service(self, name: str) -> Service:
        """Return the ``detector``, ``embedder`` or ``catalog`` that parts share; it serves.

        Raises:
            CommandError: it did not come to serve.

        """
        service = self._services.get(name)
        if service is None:
            service = self._services[name] = self.catalog(self.folder) if name == "catalog" else self._model(name)
            self._stack.callback(service.kill)
        if not service.alive:
            service.kill()
            service.start()
        return service

    def catalog(self, folder: Path) -> Service:
        """Return a catalog on the libraries in `folder`, which was not started yet."""
        self._catalogs += 1
        command = service_commands(self.vision.detector, self.vision.embedder, _NOWHERE)[-1]
        environment = {**command.environment, "ALBUMEN_CATALOG_LIBRARIES_DIR": str(folder / "libraries")}
        return Service(
            dataclasses.replace(command, environment=environment), self.folder / f"catalog-{self._catalogs}.log"
        )

    def _model(self, name: str) -> Service:
        command = next(one for one in service_commands(_NOWHERE, _NOWHERE, _NOWHERE) if one.name == name)
        return Service(command, self.folder / f"{name}.log")


@contextmanager
def open_arena(folder: Path) -> Iterator[Arena]:
    """Give an arena; its services end with the block."""
    with contextlib.ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        yield Arena(folder, stack)
