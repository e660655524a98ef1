"""The part that kills the catalog."""

import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from albumen.catalog.v1 import library_service_pb2 as library_pb
from torture.files import troubles_of_files, troubles_of_libraries
from torture.kills.check import troubles_after_restart
from torture.kills.client import LIBRARY_ID, Client, Fate, LostError
from torture.kills.ledger import Ledger
from torture.kills.operations import run_operations
from torture.log import troubles_of_log
from torture.part import Extent, Part
from torture.service import Service
from torture.watch import check_memory

LIVES: Final = 4
_CLIENTS: Final = 4
# A life is as long as so many operations take, and a moment more.
_MOST_OPERATIONS: Final = 100
_MOMENT: Final = 0.05
_LONGEST: Final = 30.0
# Clients are few and photos small; a process less to start, two hundred times.
_SETTINGS: Final = {"ALBUMEN_CATALOG_DECODERS": "1"}
_POLL_SECONDS: Final = 0.005
_TWICE_SHARE: Final = 0.2
# By then decoders have seen that their catalog is gone.
_BURIAL_SECONDS: Final = 30.0
_INDEXING_SHARE: Final = 0.3


class Kills(Part):
    """Clients at work, and SIGKILL: what was acknowledged is there, and nothing is half there."""

    name = "kills"
    target = "catalog, SIGKILL"

    def cases(self, extent: Extent) -> list[str]:
        """Return one case for every four kills, which share a folder."""
        lives = min(LIVES, extent.rounds)
        return [f"folder/{number}/{lives}" for number in range(-(-extent.rounds // lives))]

    def attack(self, case: str, generator: Random) -> None:
        """Let the catalog live and die a few times on one folder, then look into the folder."""
        folder = self.arena.folder / case.replace("/", "-")
        service = self.arena.catalog(folder, _SETTINGS)
        ledgers = [Ledger() for _ in range(_CLIENTS)]
        reclusterings = 0
        try:
            service.start()
            for life in range(int(case.rpartition("/")[2])):
                reclusterings = self._live(case, life, service, ledgers, generator, reclusterings)
                self._dissect(case, life, folder, generator)
                self._revive(service, generator)
                self._look(f"{case}", life, service, ledgers, reclusterings)
                self.tally.rounds += 1
            if not service.stop():
                self.tally.found(case, "the catalog did not end with exit code 0")
            for trouble in (*troubles_of_log(service.log), *troubles_of_files(folder / "libraries", generator)):
                self.tally.found(case, trouble)
        finally:
            service.kill()
        self._tidy(case, folder)

    def _live(
        self,
        case: str,
        life: int,
        service: Service,
        ledgers: Sequence[Ledger],
        generator: Random,
        reclusterings: int,
    ) -> int:
        """Let clients work until the catalog is killed; return how many reclusterings there were so far."""
        with service.channel() as channel:
            fate = Fate(channel, generator.random() < _INDEXING_SHARE, reclusterings=reclusterings)
            clients = [
                Client(number, Random(generator.getrandbits(64)), ledger, fate) for number, ledger in enumerate(ledgers)
            ]
            if life == 0:
                _make_library(clients[0])
            threads = [threading.Thread(target=_work, args=(client,), daemon=True) for client in clients]
            for thread in threads:
                thread.start()
            _wait(service, fate, generator)
            fate.killed.set()
            if service.alive:
                check_memory(service, self.tally, case)
            else:
                self.tally.found(case, f"life {life}: the catalog ended by itself")
            meter = service.meter
            service.kill()
            for thread in threads:
                thread.join()
        orphans = meter.orphans(_BURIAL_SECONDS)
        if orphans:
            self.tally.found(case, f"life {life}: {len(orphans)} processes have outlived the catalog")
        for trouble in (*fate.troubles, *troubles_of_log(service.log)):
            self.tally.found(case, f"life {life}: {trouble}")
        self.tally.counts["operations done"] += fate.acknowledged
        for ledger in ledgers:
            self.tally.counts[f"killed in {ledger.in_flight or 'between'}"] += 1
        return fate.reclusterings

    def _dissect(self, case: str, life: int, folder: Path, generator: Random) -> None:
        """Look into a copy of the library as the dead catalog has left it, with its log and what else lies beside."""
        with TemporaryDirectory(dir=folder) as copy:
            for path in (folder / "libraries").glob(f"{LIBRARY_ID}.*"):
                # A folder is what its reader has put aside for the moment.
                if path.is_file():
                    shutil.copy(path, copy)
            for trouble in troubles_of_libraries(Path(copy), generator):
                self.tally.found(case, f"life {life}, before the restart: {trouble}")

    @staticmethod
    def _revive(service: Service, generator: Random) -> None:
        """Start the catalog again; sometimes it is killed once more while it starts."""
        if generator.random() < _TWICE_SHARE:
            service.begin()
            time.sleep(generator.uniform(0, 1))
            service.kill()
        service.start()

    def _look(self, case: str, life: int, service: Service, ledgers: Sequence[Ledger], reclusterings: int) -> None:
        with service.channel() as channel:
            fate = Fate(channel, reclusterings=reclusterings)
            clients = [Client(number, Random(0), ledger, fate) for number, ledger in enumerate(ledgers)]
            try:
                for trouble in troubles_after_restart(clients):
                    self.tally.found(case, f"life {life}: {trouble}")
            except LostError:
                self.tally.found(case, f"life {life}: the catalog does not answer after its restart")
            for trouble in fate.troubles:
                self.tally.found(case, f"life {life}: {trouble}")

    def _tidy(self, case: str, folder: Path) -> None:
        """Remove a folder that nobody has to look into."""
        if not any(finding.case == case for finding in self.tally.findings):
            shutil.rmtree(folder)


def _wait(service: Service, fate: Fate, generator: Random) -> None:
    """Wait for the moment of the kill."""
    operations, deadline = generator.randint(0, _MOST_OPERATIONS), time.monotonic() + _LONGEST
    while service.alive and fate.acknowledged < operations and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    time.sleep(generator.uniform(0, _MOMENT))


def _make_library(client: Client) -> None:
    request = library_pb.CreateLibraryRequest(library_id=LIBRARY_ID)
    client.call("LibraryService/CreateLibrary", request, library_pb.CreateLibraryResponse)


def _work(client: Client) -> None:
    try:
        run_operations(client)
    except LostError:
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, a thread must not end in silence
        client.fate.troubles.append(f"client {client.number}: {type(error).__name__}: {error}")
