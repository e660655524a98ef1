"""What one client knows of folders, operations and backups: what was acknowledged, and what may have happened."""

from dataclasses import dataclass, field

from albumen.catalog.v1.folder_pb2 import Folder
from torture.kills.ledger import Asked


@dataclass(slots=True)
class Account:
    """The account of one client, over all lives of the catalog; of what nobody knows whether it is there, it has None.

    Attributes:
        folder: as it was acknowledged last.
        wanted: as it is if the call under way was carried out.
        others: further folders, whether they are there, by name.
        naming: the other folder whose creation was not answered, by its root; empty if none.
        operations: names of those that were begun, and whether they are kept: None if they may be forgotten by now.
        backups: whether each is there, by name.
        libraries: restored ones, whether each is there, by id.
        present: hashes of protected photos that were told to be there.
        ratings: what each protected photo may be rated with, by hash.
        asked: the operation whose beginning was not answered.
        in_flight: what was not answered; empty if everything was.

    """

    folder: Folder = field(default_factory=Folder)
    wanted: Folder | None = None
    others: dict[str, bool | None] = field(default_factory=dict)
    naming: str = ""
    operations: dict[str, bool | None] = field(default_factory=dict)
    backups: dict[str, bool | None] = field(default_factory=dict)
    libraries: dict[str, bool | None] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    ratings: dict[str, set[int]] = field(default_factory=dict)
    asked: Asked | None = None
    in_flight: str = ""

    def there(self, things: dict[str, bool | None]) -> list[str]:
        """Return those of some things that are surely there."""
        return [name for name, there in things.items() if there]
