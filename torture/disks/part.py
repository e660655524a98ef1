"""The part that fills the disk of the catalog."""

import resource
import shutil
from pathlib import Path
from random import Random
from typing import Final

from albumen.catalog.v1 import library_service_pb2 as library_pb
from services.common.errors import Reason
from torture.disks.full_disk import draw_room, fill_disk, is_possible
from torture.files import troubles_of_files
from torture.kills.check import troubles_after_restart
from torture.kills.client import LIBRARY, LIBRARY_ID, Client, Fate, LostError, RefusedError
from torture.kills.ledger import Ledger
from torture.kills.operations import OPERATIONS, Operation
from torture.part import Extent, Part
from torture.service import Service

FILLS: Final = 4
_ROUNDS_A_FILL: Final = 5
_MOST_BEFORE: Final = 30
_KILLED_SHARE: Final = 0.5
# What a full disk may be called.
_FULL: Final = frozenset({Reason.DISK_FULL, Reason.LIBRARY_UNAVAILABLE})


class Disks(Part):
    """A client at work, and a disk that is full for a while: nothing is lost, reads go on, and later all else."""

    name = "disks"
    target = "catalog, full disk"

    def cases(self, extent: Extent) -> list[str]:
        """Return one case for every four times that the disk is full, which share a folder."""
        if not is_possible():
            return []
        fills = -(-extent.rounds // _ROUNDS_A_FILL)
        each = min(FILLS, fills)
        return [f"folder/{number}/{each}" for number in range(-(-fills // each))]

    def attack(self, case: str, generator: Random) -> None:
        """Fill the disk a few times on one folder, then look into the folder."""
        folder = self.arena.folder / f"disks-{case.replace('/', '-')}"
        service, ledger = self.arena.catalog(folder), Ledger()
        try:
            service.start()
            for fill in range(int(case.rpartition("/")[2])):
                self._fill(case, fill, service, folder / "libraries", ledger, generator)
                self.tally.rounds += 1
            if not service.stop():
                self.tally.found(case, "the catalog did not end with exit code 0")
            libraries = folder / "libraries"
            for trouble in troubles_of_files(libraries, generator):
                self.tally.found(case, trouble)
        finally:
            service.kill()
        if not any(finding.case == case for finding in self.tally.findings):
            shutil.rmtree(folder)

    def _fill(self, case: str, fill: int, service: Service, folder: Path, ledger: Ledger, generator: Random) -> None:
        """Work, fill the disk and go on, make room and go on, then restart."""
        where = f"fill {fill}"
        with service.channel() as channel:
            client = Client(0, Random(generator.getrandbits(64)), ledger, Fate(channel))
            if fill == 0:
                client.call(
                    "LibraryService/CreateLibrary",
                    library_pb.CreateLibraryRequest(library_id=LIBRARY_ID),
                    library_pb.CreateLibraryResponse,
                )
            before = generator.choices(OPERATIONS, [operation.weight for operation in OPERATIONS], k=_MOST_BEFORE)
            self._work(case, f"{where}, before", client, before[: generator.randint(1, _MOST_BEFORE)])
            client.look()
            room = draw_room(folder, generator)
            fill_disk(service.pid, room)
            self._work(case, f"{where}, {room} bytes", client, _shuffled(generator), may_refuse=True)
        fill_disk(service.pid, resource.RLIM_INFINITY)
        self._look(case, f"{where}, with room again", service, ledger, generator)
        if generator.random() < _KILLED_SHARE:
            service.kill()
        elif not service.stop():
            self.tally.found(case, f"{where}: the catalog did not end with exit code 0")
        service.start()
        self._look(case, f"{where}, after a restart", service, ledger, generator)

    def _look(self, case: str, where: str, service: Service, ledger: Ledger, generator: Random) -> None:
        """Look for what was acknowledged, and do everything once: nothing may be refused any more."""
        with service.channel() as channel:
            client = Client(0, Random(generator.getrandbits(64)), ledger, Fate(channel))
            try:
                for trouble in troubles_after_restart([client]):
                    self.tally.found(case, f"{where}: {trouble}")
                request = library_pb.CompactLibraryRequest(name=LIBRARY)
                client.call("LibraryService/CompactLibrary", request, library_pb.CompactLibraryResponse)
            except (LostError, RefusedError) as error:
                self.tally.found(case, f"{where}: {type(error).__name__} {error} {client.fate.troubles}")
                return
            self._work(case, where, client, _shuffled(generator))

    def _work(
        self, case: str, where: str, client: Client, operations: list[Operation], *, may_refuse: bool = False
    ) -> None:
        """Do one thing after the other, and read after each; note what is not answered, or refused without a cause."""
        for operation in operations:
            name = operation.run.__name__
            try:
                operation.run(client)
                self.tally.counts["operations done"] += 1
            except RefusedError as error:
                if not may_refuse or str(error) not in _FULL:
                    self.tally.found(case, f"{where}: {name} was refused: {error}")
                self.tally.counts["operations refused"] += 1
            except LostError:
                self.tally.found(case, f"{where}: {name}: {client.fate.troubles[-1:]}")
            try:
                client.look()
            except (LostError, RefusedError) as error:
                self.tally.found(case, f"{where}: a read behind {name}: {error} {client.fate.troubles[-1:]}")


def _shuffled(generator: Random) -> list[Operation]:
    return generator.sample(OPERATIONS, len(OPERATIONS))
