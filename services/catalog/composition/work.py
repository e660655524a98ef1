"""What the catalog does beside answering: operations, folders that are followed, upkeep."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Self

from services.catalog.backup.backup_work import BackupWork
from services.catalog.backup.keeping import Keeping
from services.catalog.catalog import Catalog
from services.catalog.compactor import Compactor
from services.catalog.composition.tools import Tools
from services.catalog.following.follower import Follower
from services.catalog.following.pace import Pace
from services.catalog.operations import library_work
from services.catalog.operations.operation_table import OperationBounds
from services.catalog.operations.operations import Operations
from services.catalog.servicers.operation_starts import OperationStarts
from services.catalog.settings import CatalogSettings
from services.catalog.syncing.feed import PhotoFeed
from services.catalog.syncing.folder_sync import SyncMeans, folder_sync
from services.common.roots import Roots
from services.common.upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class Work:
    """What goes on by itself, or after the call that began it.

    Attributes:
        backing: backups, and what comes from them.
        syncing: what syncs work with.
        operations: what goes on after its call.
        starts: begin them.
        follower: syncs watched folders.
        compactor: gives disk back after deletions.
        upkeeps: what is done again and again.

    """

    backing: BackupWork
    syncing: SyncMeans
    operations: Operations
    starts: OperationStarts
    follower: Follower
    compactor: Compactor
    upkeeps: tuple[Upkeep, ...]

    @classmethod
    def make(cls, settings: CatalogSettings, tools: Tools) -> Self:
        """Put it together; nothing begins before `start`."""
        catalog = tools.catalog
        keeping = Keeping(settings.backup_newest, settings.backup_days)
        backing = BackupWork(catalog, settings.libraries_dir, settings.backup_dir, keeping)
        feed = PhotoFeed(tools.indexer, tools.limits, in_flight=settings.sync_in_flight)
        syncing = SyncMeans(catalog, Roots(settings.folder_roots), feed, tools.limits)
        operations = Operations(
            catalog,
            settings.libraries_dir,
            [
                library_work.reclustering(catalog),
                library_work.compaction(catalog),
                *backing.kinds,
                folder_sync(syncing),
            ],
            bounds=OperationBounds(settings.operations_kept, settings.operations_days),
            workers=settings.operation_workers,
            ended=tools.watchers.announce,
        )
        follower = Follower(
            catalog,
            operations,
            syncing.roots,
            tools.changed,
            pace=Pace(resync=settings.resync_seconds),
            # So that what users begin need not wait for what nobody has asked for.
            at_once=max(1, settings.operation_workers - 1),
        )
        compactor = Compactor(catalog, after=settings.compact_after_seconds)
        # Apart, because a compaction may take minutes, and the drive of the backups may sleep, or be gone.
        apart = (partial(_tidy, catalog, operations), compactor.work, backing.backups.expire_if_due)
        upkeeps = (
            *(Upkeep(work, seconds=settings.upkeep_seconds) for work in apart),
            Upkeep(follower.work, seconds=Pace().look),
        )
        starts = OperationStarts(operations, tools.opener)
        return cls(backing, syncing, operations, starts, follower, compactor, upkeeps)

    async def start(self) -> None:
        """Go on with what was begun before, and with upkeep."""
        self.syncing.feed.start()
        await asyncio.to_thread(self.operations.start)
        for upkeep in self.upkeeps:
            upkeep.start()

    async def stop(self) -> None:
        """Stop everything; operations go on after the next start."""
        self.compactor.stop()
        await asyncio.to_thread(self.follower.stop)
        await asyncio.gather(*(upkeep.stop() for upkeep in self.upkeeps), asyncio.to_thread(self.operations.stop))
        self.backing.backups.folder.close()


def _tidy(catalog: Catalog, operations: Operations) -> None:
    operations.expire()
    catalog.maintain()
