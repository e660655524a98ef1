"""What the catalog answers with: plain ids, never resource names; times are aware and in UTC."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from services.catalog.image_statements import NOTHING_SAID, Statements
from services.catalog.vocabulary import Box, Exif, Preview
from services.common.errors import AlbumenError

_Item = TypeVar("_Item")
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Page(Generic[_Item, _Key]):
    """Consecutive items of a list; whoever uses only the first of them continues after the key of the last one used.

    Attributes:
        items: at most as many as were requested.
        keys: where each item is in the list: as `after`, it starts the page that follows the item.
        next_key: where the next page starts; None if there is none. Not always the last of `keys`: a list may leave
            items out that cannot be read.

    """

    items: tuple[_Item, ...] = ()
    keys: tuple[_Key, ...] = ()
    next_key: _Key | None = None


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    """An object of an image.

    Attributes:
        label: class name.
        score: confidence, 0 to 1.
        box: pixels of the upright image.

    """

    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class FaceRecord:
    """A face of an image.

    Attributes:
        id: unique in the library, grows with time, never used again; 0 for one that is not the library's.
        image_sha256: the image; empty if it is none of the library's.
        person_id: the person, or None.
        box: pixels of the upright image.
        landmarks: five (x, y) in pixels of the upright image, in the order of `DetectedFace`; NaN where nobody saw any.
        score: confidence, 0 to 1.
        quality: how well the face can be seen, 0 to 1.
        embedding_space: space of the embedding.
        embedding: 2,048 bytes of little-endian float32; None unless asked for.
        thumbnail: JPEG; None unless asked for.
        pinned: whether a user said whose it is, or that it is nobody's.
        person_name: that a user gave the person; may be empty.
        drawn: whether a user drew it, and no detector found it.

    """

    id: int
    image_sha256: str
    person_id: str | None
    box: Box
    landmarks: tuple[tuple[float, float], ...]
    score: float
    quality: float
    embedding_space: str
    embedding: bytes | None = None
    thumbnail: bytes | None = None
    pinned: bool = False
    person_name: str = ""
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """An indexed image.

    Attributes:
        number: grows with time, never used again.
        sha256: of the file's bytes.
        file_name: at its newest place, or at the first indexing if it has none.
        source_uris: its places, oldest first.
        mime_type: media type.
        size_bytes: of the file.
        width: of the upright image, in pixels.
        height: of the upright image, in pixels.
        exif: what the camera wrote.
        create_time: when it was indexed.
        update_time: when what clients can change of it last changed; create_time until then.
        revision: how often it did.
        objects: best score first.
        faces: best score first, without embeddings and thumbnails.
        object_model: identifier of the model that found the objects.
        face_model: identifier of the model that found the faces.
        albums: ids of the albums that hold it, the first created; empty unless asked for.
        statements: what users said of it.
        delete_time: when it was moved to the trash; None if it is not there. While it is, it has no faces.
        purge_time: when it will be erased; None if it is not in the trash.
        preview: a small picture of it; None if none is kept, or unless asked for.

    """

    number: int
    sha256: str
    file_name: str
    source_uris: tuple[str, ...]
    mime_type: str
    size_bytes: int
    width: int
    height: int
    exif: Exif
    create_time: datetime
    update_time: datetime
    revision: int
    objects: tuple[ObjectRecord, ...]
    faces: tuple[FaceRecord, ...]
    object_model: str
    face_model: str
    albums: tuple[str, ...] = ()
    statements: Statements = NOTHING_SAID
    delete_time: datetime | None = None
    purge_time: datetime | None = None
    preview: Preview | None = None

    @property
    def etag(self) -> str:
        """Changes with what clients can change of the image."""
        return image_etag(self.sha256, self.revision)


def image_etag(sha256: str, revision: int) -> str:
    """Return the etag of an image, which changes with what clients can change of it."""
    return hashlib.sha256(f"{sha256}/{revision}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class AddedImage:
    """What indexing an image did.

    Attributes:
        image: the image.
        already_indexed: whether it was there before.
        replaced: SHA-256 of the image whose place it took, and which is deleted as it had no other; or None.

    """

    image: ImageRecord
    already_indexed: bool
    replaced: str | None


@dataclass(frozen=True, slots=True)
class LabelRecord:
    """A class of objects.

    Attributes:
        label: class name.
        image_count: images with such an object, 1 or more.

    """

    label: str
    image_count: int


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A place that holds an image.

    Attributes:
        uri: of the place.
        image_sha256: the image.
        file_name: of the file there; may be empty.
        size_bytes: of the file.
        modify_time: when the file was last modified, aware; None if the owner did not say.
        missing_time: since when the file is missing, aware; None if it is there, or nobody looked.

    """

    uri: str
    image_sha256: str
    file_name: str
    size_bytes: int
    modify_time: datetime | None
    missing_time: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnavailableLibrary:
    """A library whose file can't be opened; nothing else is known of it.

    Attributes:
        id: 1 to 63 lower-case letters, digits and hyphens.
        error: why.

    """

    id: str
    error: AlbumenError


@dataclass(frozen=True, slots=True)
class LibraryRecord:
    """A library.

    Attributes:
        id: 1 to 63 lower-case letters, digits and hyphens.
        display_name: for people to read; may be empty.
        create_time: when it was created.
        update_time: when its own fields last changed.
        image_count: images; those in the trash, and their faces, don't count.
        face_count: faces.
        person_count: people, hidden ones included.
        embedding_space: of its faces; empty until the first.
        etag: changes with display_name, counts and embedding_space.
        erase_time: when the first of what was erased was whose bytes may still be in the file; None if there is none.
        trashed_count: images in the trash.
        purge_time: when the next of them is to be erased; None if there is none.
        ungrouped_count: faces that belong to nobody.
        eps: how it clusters; see `ClusteringParameters`.
        min_samples: likewise.
        min_quality: likewise.
        file_bytes: what its file and the log take on the disk.
        faces_folder_bytes: what the folder beside them takes.
        watched_folders: folders that are synced by themselves.

    """

    id: str
    display_name: str
    create_time: datetime
    update_time: datetime
    image_count: int
    face_count: int
    person_count: int
    embedding_space: str
    etag: str
    erase_time: datetime | None = None
    trashed_count: int = 0
    purge_time: datetime | None = None
    ungrouped_count: int = 0
    eps: float = 0.0
    min_samples: int = 0
    min_quality: float = 0.0
    file_bytes: int = 0
    faces_folder_bytes: int = 0
    watched_folders: int = 0
