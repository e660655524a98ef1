"""How long backups are kept."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.catalog.backup.record import BackupRecord


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long backups are kept; what goes by one of these goes.

    Attributes:
        newest: of each library so many; 0 keeps all.
        days: since they were made; 0 keeps them for ever.

    """

    newest: int = 0
    days: float = 0.0

    def expire_time(self, create_time: datetime) -> datetime | None:
        """Return when a backup of a time is to be deleted for its age, aware; None if it is not."""
        return create_time + timedelta(days=self.days) if self.days else None

    def expired(self, backups: Iterable[BackupRecord], now: datetime) -> list[str]:
        """Return the ids of those of all backups that are to be deleted; `now` is aware.

        One that nobody can read counts for no library, so it goes by its age only.
        """
        gone, of_library = [], defaultdict[str, list[BackupRecord]](list)
        for backup in backups:
            if backup.expire_time is not None and backup.expire_time <= now:
                gone.append(backup.id)
            elif backup.content is not None:
                of_library[backup.library].append(backup)
        if self.newest:
            for found in of_library.values():
                found.sort(key=lambda backup: (backup.create_time, backup.id), reverse=True)
                gone += [backup.id for backup in found[self.newest :]]
        return gone
