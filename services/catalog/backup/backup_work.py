"""All that is done with backups, put together."""

from pathlib import Path

from services.catalog.backup.backup_folder import BackupFolder
from services.catalog.backup.backups import Backups
from services.catalog.backup.exporting import Exporter
from services.catalog.backup.keeping import Keeping
from services.catalog.backup.making import BackupMaker
from services.catalog.backup.restoring import Restorer
from services.catalog.backup.verifying import Verifier
from services.catalog.catalog import Catalog


class BackupWork:
    """Backups, and the operations that make, restore, export and check.

    Args:
        catalog: the libraries.
        directory: the folder of the libraries.
        folder: where backups and exports go; None if there are to be none.
        keeping: how long backups are kept.

    Attributes:
        backups: those that there are.
        restorer: makes libraries of them.
        kinds: of operations.

    """

    def __init__(self, catalog: Catalog, directory: Path, folder: Path | None, keeping: Keeping) -> None:
        self.backups = Backups(BackupFolder(folder), keeping)
        self.restorer = Restorer(catalog, self.backups, directory)
        self.kinds = (
            BackupMaker(catalog, self.backups).kind,
            self.restorer.kind,
            Exporter(catalog, self.backups.folder).kind,
            Verifier(catalog).kind,
        )
