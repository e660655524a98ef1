"""Parts whose catalog lives and dies a few times on one folder."""

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import ClassVar, Final, TypeVar

from albumen.catalog.v1 import library_service_pb2 as library_pb
from torture.files import troubles_of_files, troubles_of_libraries
from torture.kills.client import LIBRARY_ID, Client, Fate, LostError
from torture.log import troubles_of_log
from torture.part import Part
from torture.service import Service
from torture.watch import check_memory

LIVES: Final = 4
# A life is as long as so many operations take, at the longest, and a moment more.
_MOMENT: Final = 0.05
_LONGEST: Final = 30.0
_POLL_SECONDS: Final = 0.005
_TWICE_SHARE: Final = 0.2
# By then decoders have seen that their catalog is gone.
_BURIAL_SECONDS: Final = 30.0

_Client = TypeVar("_Client", bound=Client)


class MortalPart(Part):
    """Clients at work, and SIGKILL.

    Attributes:
        most_operations: of a life.
        longest_start: seconds of a start in which the catalog may be killed once more.

    """

    most_operations: ClassVar[int]
    longest_start: ClassVar[float]

    def live(
        self,
        where: tuple[str, int],
        service: Service,
        fate: Fate,
        clients: Sequence[Callable[[], None]],
        generator: Random,
        *,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        """Let clients work, each in a thread, until the catalog is killed.

        Args:
            where: the case and the life.
            service: the catalog.
            fate: of the clients.
            clients: what each does; they end when the catalog is gone.
            generator: says when it is.
            ended: called once it is gone.

        """
        case, life = where
        threads = [threading.Thread(target=client, daemon=True) for client in clients]
        for thread in threads:
            thread.start()
        self._wait(service, fate, generator)
        fate.killed.set()
        if service.alive:
            check_memory(service, self.tally, case)
        else:
            self.tally.found(case, f"life {life}: the catalog ended by itself")
        meter = service.meter
        service.kill()
        ended()
        for thread in threads:
            thread.join()
        orphans = meter.orphans(_BURIAL_SECONDS)
        if orphans:
            self.tally.found(case, f"life {life}: {len(orphans)} processes have outlived the catalog")
        for trouble in (*fate.troubles, *troubles_of_log(service.log)):
            self.tally.found(case, f"life {life}: {trouble}")
        self.tally.counts["operations done"] += fate.acknowledged

    def dissect(self, where: tuple[str, int], folder: Path, generator: Random) -> None:
        """Look into a copy of the library as the dead catalog has left it, with its log and what else lies beside."""
        case, life = where
        with TemporaryDirectory(dir=folder) as copy:
            for path in (folder / "libraries").glob(f"{LIBRARY_ID}.*"):
                # A folder is what its reader has put aside for the moment.
                if path.is_file():
                    shutil.copy(path, copy)
            for trouble in troubles_of_libraries(Path(copy), generator):
                self.tally.found(case, f"life {life}, before the restart: {trouble}")

    def revive(self, service: Service, generator: Random) -> None:
        """Start the catalog again; sometimes it is killed once more while it starts."""
        if generator.random() < _TWICE_SHARE:
            service.begin()
            time.sleep(generator.uniform(0, self.longest_start))
            service.kill()
        service.start()

    def end_well(self, case: str, service: Service, folder: Path, generator: Random) -> None:
        """Stop the catalog, and look into its log and files."""
        if not service.stop():
            self.tally.found(case, "the catalog did not end with exit code 0")
        for trouble in (*troubles_of_log(service.log), *troubles_of_files(folder / "libraries", generator)):
            self.tally.found(case, trouble)

    def tidy(self, case: str, folder: Path) -> None:
        """Remove a folder that nobody has to look into."""
        if not any(finding.case == case for finding in self.tally.findings):
            shutil.rmtree(folder)

    def _wait(self, service: Service, fate: Fate, generator: Random) -> None:
        """Wait for the moment of the kill."""
        operations, deadline = generator.randint(0, self.most_operations), time.monotonic() + _LONGEST
        while service.alive and fate.acknowledged < operations and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        time.sleep(generator.uniform(0, _MOMENT))


def make_library(client: Client) -> None:
    """Make the library that the clients share."""
    request = library_pb.CreateLibraryRequest(library_id=LIBRARY_ID)
    client.call("LibraryService/CreateLibrary", request, library_pb.CreateLibraryResponse)


def at_work(client: _Client, work: Callable[[_Client], None]) -> None:
    """Let a client work until its catalog is gone."""
    try:
        work(client)
    except LostError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, a thread must not end in silence
        client.fate.troubles.append(f"client {client.number}: {type(error).__name__}: {error}")
