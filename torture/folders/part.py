"""The part that kills a catalog while it syncs folders."""

import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from albumen.catalog.v1 import folder_service_pb2 as folder_pb
from albumen.catalog.v1.folder_pb2 import Folder
from torture.folders.account import Account
from torture.folders.check import troubles_after_restart
from torture.folders.client import FolderClient
from torture.folders.disk import Disk
from torture.folders.equality import troubles_of_absence, troubles_of_disk
from torture.folders.operations import run_acts
from torture.kills.client import LIBRARY, Fate, LostError, RefusedError
from torture.mortal import LIVES, MortalPart, at_work, make_library
from torture.part import Extent
from torture.service import Service

_CLIENTS: Final = 2
_AWAY_SHARE: Final = 0.3
_BY_ITSELF_SHARE: Final = 0.5
_CHANGES_BEFORE: Final = 40


class Folders(MortalPart):
    """A folder that others change, clients that sync it, and SIGKILL: in the end the library equals the disk."""

    name = "folders"
    target = "catalog, SIGKILL"
    most_operations = 60
    # Long enough for it to begin to sync what it watches.
    longest_start = 4.0

    def cases(self, extent: Extent) -> list[str]:
        """Return one case for every four kills, which share a folder; there are half as many as of other kills."""
        kills = -(-extent.rounds // 2)
        lives = min(LIVES, kills)
        return [f"disk/{number}/{lives}" for number in range(-(-kills // lives))]

    def attack(self, case: str, generator: Random) -> None:
        """Let the catalog live and die a few times on one folder, then look into all files."""
        folder = self.arena.folder / f"folders-{case.replace('/', '-')}"
        disk = Disk(folder / "disk" / "photos", Random(generator.getrandbits(64)))
        (folder / "backups").mkdir()
        service = self.arena.catalog(folder, _settings(folder))
        accounts = [Account() for _ in range(_CLIENTS)]
        for _ in range(generator.randint(0, _CHANGES_BEFORE)):
            disk.change()
        try:
            service.start()
            for life in range(int(case.rpartition("/")[2])):
                self._live(case, life, service, accounts, disk, generator)
                self.dissect((case, life), folder, generator)
                self.revive(service, generator)
                self._look(case, life, service, accounts, disk, generator)
                self.tally.rounds += 1
            self.end_well(case, service, folder, generator)
            left = [path.name for path in (folder / "backups" / "backups").glob("*.*")]
            if left:
                self.tally.found(case, f"backups were left half done: {left[:3]}")
        finally:
            service.kill()
        self.tidy(case, folder)

    def _live(
        self, case: str, life: int, service: Service, accounts: Sequence[Account], disk: Disk, generator: Random
    ) -> None:
        """Let clients work and files change until the catalog is killed."""
        with service.channel() as channel:
            fate, ended = Fate(channel), threading.Event()
            clients = _clients(accounts, fate, disk, generator)
            if life == 0:
                folder = _begin(clients[0])
                for account in accounts:
                    account.folder.CopyFrom(folder)
            work = [partial(at_work, client, run_acts) for client in clients]
            self.live(
                (case, life), service, fate, [*work, partial(_churn, disk, ended, fate)], generator, ended=ended.set
            )
        for account in accounts:
            self.tally.counts[f"killed in {account.in_flight or 'between'}"] += 1

    def _look(
        self, case: str, life: int, service: Service, accounts: Sequence[Account], disk: Disk, generator: Random
    ) -> None:
        """Look for what was acknowledged, then at the library beside the disk, which nobody changes now."""
        away, by_itself = generator.random() < _AWAY_SHARE, generator.random() < _BY_ITSELF_SHARE
        with service.channel() as channel:
            fate = Fate(channel)
            clients = _clients(accounts, fate, disk, Random(0))
            try:
                troubles = [*troubles_after_restart(clients)]
                if away:
                    troubles += troubles_of_absence(clients[0])
                by_itself = by_itself and accounts[0].folder.watch
                troubles += troubles_of_disk(clients[0], by_itself=by_itself)
                self.tally.counts["watched" if by_itself else "synced"] += 1
            except (LostError, RefusedError) as error:
                troubles = [f"after the restart: {type(error).__name__} {error}"]
            for trouble in (*troubles, *fate.troubles):
                self.tally.found(case, f"life {life}: {trouble}")


def _settings(folder: Path) -> Mapping[str, str]:
    return {
        "ALBUMEN_CATALOG_DECODERS": "1",
        "ALBUMEN_CATALOG_FOLDER_ROOTS": str(folder / "disk"),
        "ALBUMEN_CATALOG_BACKUP_DIR": str(folder / "backups"),
        "ALBUMEN_CATALOG_SYNC_IN_FLIGHT": "4",
        # Directories whose names are no text can't be watched.
        "ALBUMEN_CATALOG_RESYNC_SECONDS": "10",
    }


def _clients(accounts: Sequence[Account], fate: Fate, disk: Disk, generator: Random) -> list[FolderClient]:
    return [
        FolderClient(number, Random(generator.getrandbits(64)), account, fate, disk)
        for number, account in enumerate(accounts)
    ]


def _begin(client: FolderClient) -> Folder:
    make_library(client)
    folder = Folder(root_uri=client.disk.root.as_uri(), watch=client.generator.random() < _BY_ITSELF_SHARE)
    made = folder_pb.CreateFolderRequest(parent=LIBRARY, folder=folder)
    return client.call("FolderService/CreateFolder", made, folder_pb.CreateFolderResponse).folder


def _churn(disk: Disk, ended: threading.Event, fate: Fate) -> None:
    try:
        disk.churn(ended)
    except Exception as error:  # noqa: BLE001 - as above
        fate.troubles.append(f"disk: {type(error).__name__}: {error}")
