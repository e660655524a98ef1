"""Where the attacks take place: real services on free ports, each started when it is first asked for."""

import contextlib
import dataclasses
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from benchmarks.catalog.service import Vision
from clients.cli.commands.up import service_commands
from torture.confinement import Confinement
from torture.fakes import serving_fakes
from torture.log import troubles_of_log
from torture.service import Service

_NOWHERE = "127.0.0.1:1"


class Arena:
    """Runs services for the parts.

    Args:
        folder: of logs and libraries; what is in it is not looked at.
        stack: ends what was begun.
        confinement: limits the memory of all services, if given.

    """

    def __init__(self, folder: Path, stack: contextlib.ExitStack, confinement: Confinement | None = None) -> None:
        self.folder = folder
        self._confinement = confinement
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
            service = self._services[name] = self._shared_catalog() if name == "catalog" else self._model(name)
            self._stack.callback(service.kill)
        if not service.alive:
            service.kill()
            service.start()
        return service

    @property
    def disk(self) -> Path:
        """The folder in which the catalog that parts share may sync folders."""
        return self.folder / "disk"

    def end_services(self) -> Iterator[str]:
        """End the services that parts share, as far as they run; yield what is wrong with their ends and their logs."""
        for service in self._services.values():
            if service.alive:
                if not service.stop():
                    yield f"the {service.name} did not end with exit code 0"
                yield from (f"the {service.name} wrote: {trouble}" for trouble in troubles_of_log(service.log))

    def catalog(self, folder: Path, settings: Mapping[str, str] = MappingProxyType({})) -> Service:
        """Return a catalog on the libraries in `folder`, with settings of its own; it was not started yet."""
        self._catalogs += 1
        command = service_commands(self.vision.detector, self.vision.embedder, _NOWHERE)[-1]
        environment = {**command.environment, "ALBUMEN_CATALOG_LIBRARIES_DIR": str(folder / "libraries"), **settings}
        log = self.folder / f"catalog-{self._catalogs}.log"
        return Service(dataclasses.replace(command, environment=environment), log, self._confinement)

    def _shared_catalog(self) -> Service:
        backups = self.folder / "backups"
        for folder in (self.disk, backups):
            folder.mkdir(exist_ok=True)
        return self.catalog(
            self.folder,
            {"ALBUMEN_CATALOG_FOLDER_ROOTS": str(self.disk), "ALBUMEN_CATALOG_BACKUP_DIR": str(backups)},
        )

    def _model(self, name: str) -> Service:
        command = next(one for one in service_commands(_NOWHERE, _NOWHERE, _NOWHERE) if one.name == name)
        return Service(command, self.folder / f"{name}.log", self._confinement)


@contextmanager
def open_arena(folder: Path, confinement: Confinement | None = None) -> Iterator[Arena]:
    """Give an arena; its services end with the block."""
    with contextlib.ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        yield Arena(folder, stack, confinement)
