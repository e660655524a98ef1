"""What the catalog answers of backups."""

from dataclasses import dataclass
from datetime import datetime

from services.catalog.copies.content import Content


@dataclass(frozen=True, slots=True)
class BackupRecord:
    """A backup.

    Attributes:
        id: of lower-case letters, digits and hyphens: the library's, and when it was made.
        library: id of the library that it is of; empty if nobody can tell.
        create_time: of the moment that it is of, aware; when its folder was made if nobody can tell.
        expire_time: when it will be deleted, aware; None if nobody has said when.
        size_bytes: what it takes on the disk.
        albumen: version of the program that made it.
        content: what is in it; None if its manifest is damaged.

    """

    id: str
    library: str
    create_time: datetime
    expire_time: datetime | None
    size_bytes: int
    albumen: str
    content: Content | None
