"""What the catalog answers of albums: plain ids, never resource names; times are aware and in UTC."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from services.catalog.smart_filter import SmartFilter


@dataclass(frozen=True, slots=True)
class AlbumRecord:
    """An album.

    Attributes:
        id: 12 characters of lower-case base32; empty if the album was not created.
        number: of its row; grows with time, never used again.
        display_name: for people to read.
        description: what it is about; may be empty.
        smart: which images it holds; None if they are chosen one by one.
        order_by: of a smart album's images, as requests write it; may be empty.
        chosen_cover: id of the image that a user chose to stand for it; 0 if none did.
        revision: how often users changed it, or its images.
        create_time: when it was created.
        update_time: when users last changed it, or its images; create_time until then.
        image_count: images that are not in the trash.
        cover_sha256: the image that stands for it; None if it is empty.
        cover_chosen: whether a user chose that one.
        cover_thumbnail: JPEG of the best face of it; None if there is none, or unless asked for.

    """

    id: str
    number: int
    display_name: str
    description: str
    smart: SmartFilter | None
    order_by: str
    chosen_cover: int
    revision: int
    create_time: datetime
    update_time: datetime
    image_count: int = 0
    cover_sha256: str | None = None
    cover_chosen: bool = False
    cover_thumbnail: bytes | None = None

    @property
    def etag(self) -> str:
        """Changes with what users change of the album and of its images."""
        return hashlib.sha256(f"{self.id}/{self.revision}".encode()).hexdigest()[:16]
