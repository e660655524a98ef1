"""Settings of the catalog."""

import os
from pathlib import Path
from typing import Annotated, Final

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode, SettingsConfigDict

from models.home import libraries_dir
from services.catalog.events import EventBounds
from services.catalog.operations.operation_table import OperationBounds
from services.common import limits
from services.common.decoding_settings import DecodingSettings
from services.common.memory import machine_memory
from services.common.settings import Bytes, Count, Seconds

# A header is read in a fraction of a millisecond.
_DECODERS: Final = 4
_LEAST_MEMORY: Final = 256 * limits.MEBIBYTE


def _split_folders(value: object) -> object:
    """Return the parts of a list of folders as an environment variable has it."""
    return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value


Folders = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(_split_folders)]


def memory_of_libraries(machine: int) -> int:
    """Return how many bytes of memory libraries may take on a machine that has so many: a quarter, or 256 MiB."""
    return max(machine // 4, _LEAST_MEMORY)


class CatalogSettings(DecodingSettings):
    """Settings of the catalog, read from ``ALBUMEN_CATALOG_*``."""

    model_config = SettingsConfigDict(env_prefix="ALBUMEN_CATALOG_")

    listen: str = Field(
        default="127.0.0.1:50053", description="Address and port to listen on; port 0 takes a free one."
    )
    libraries_dir: Path = Field(
        default_factory=libraries_dir, description="Folder that holds one DuckDB file a library."
    )
    detector_target: str = Field(default="localhost:50051", description="gRPC target of the detector.")
    embedder_target: str = Field(default="localhost:50052", description="gRPC target of the embedder.")
    detect_seconds: Seconds = Field(default=30, description="Deadline of one call of the detector, retries included.")
    embed_seconds: Seconds = Field(default=30, description="Deadline of one call of the embedder, retries included.")
    max_indexing: Count = Field(
        default=8, description="Images indexed at once, each held in memory; more are refused at once."
    )
    workers: Count = Field(default=4, description="Threads that read and write libraries.")
    search_threads: Count = Field(
        default_factory=lambda: os.cpu_count() or 1,
        description="Threads of one search, or one clustering, of a large library.",
    )
    decoders: int = Field(
        default_factory=lambda: min(os.cpu_count() or 1, _DECODERS),
        ge=0,
        le=1_000,
        json_schema_extra={"default": "number of cores, at most 4"},
        description="Processes that read what files say of themselves, and decode pictures, one at a time each; one "
        "more forks them. 0 does so in the service itself, as systems other than Linux always do: a photo that crashes "
        "its reader then ends the service, and nothing bounds the time that it takes.",
    )
    preview_pixels: int = Field(
        default=0,
        ge=0,
        le=limits.MAX_PREVIEW_SIDE,
        description="Longer side, in pixels, of the preview that a library keeps of each image that is indexed from "
        "now on, a JPEG in its file; 0 keeps none. Thumbnails are made of it without the original.",
    )
    picture_roots: Folders = Field(
        default_factory=tuple,
        json_schema_extra={"default": "none"},
        description="Folders, separated as in PATH, in which the catalog may read the originals of images that were "
        "indexed from there on the same machine, to send them and pictures of them. On Linux and macOS only.",
    )
    folder_roots: Folders = Field(
        default_factory=tuple,
        json_schema_extra={"default": "none"},
        description="Folders, separated as in PATH, in which callers may have folders of the catalog's machine synced: "
        "whoever can call the catalog can have every photo in them indexed, and sent. Originals are read there as in "
        "ALBUMEN_CATALOG_PICTURE_ROOTS. On Linux and macOS only.",
    )
    sync_in_flight: Count = Field(
        default=2,
        description="Photos that all syncs of folders together index at once, beside those that callers send.",
    )
    resync_seconds: float = Field(
        default=600,
        ge=10,
        le=30 * 86_400,
        allow_inf_nan=False,
        description="Time between two syncs of a watched folder of whose changes the system does not tell, as of those "
        "on network disks, and the longest time until a sync of a watched folder that has failed is tried again.",
    )
    picture_workers: Count = Field(
        default_factory=lambda: min(os.cpu_count() or 1, _DECODERS),
        json_schema_extra={"default": "number of cores, at most 4"},
        description="Threads that make pictures, and read originals.",
    )
    queue: Count = Field(default=256, description="Reads and writes that may wait for a thread, and pictures likewise.")
    max_image_bytes: Bytes = Field(default=limits.MAX_IMAGE_BYTES, description="Largest image file, in bytes.")
    max_image_pixels: int = Field(
        default=limits.MAX_IMAGE_PIXELS,
        ge=1,
        le=1_000_000_000,
        description="Most pixels of an image, width times height.",
    )
    max_libraries: Count = Field(default=limits.MAX_LIBRARIES, description="Most libraries.")
    memory_mib: int = Field(
        ge=64,
        le=16 * 1024 * 1024,
        default_factory=lambda: memory_of_libraries(machine_memory()) // limits.MEBIBYTE,
        json_schema_extra={"default": "a quarter of the machine's or container's, at least 256"},
        description="Memory of all open libraries together, in MiB: their people, and what DuckDB holds of their "
        "files, which is 512 at most. Where there is no room for another, idle ones are closed, and opened when they "
        "are asked for again.",
    )
    library_memory_mib: Count = Field(
        default=512, description="How much of it DuckDB may use for one library, in MiB; all of it at most."
    )
    upkeep_seconds: Seconds = Field(
        default=5, description="Time between two looks for idle libraries whose log is to be folded into their file."
    )
    compact_after_seconds: float = Field(
        default=3600,
        ge=1,
        le=30 * 86_400,
        allow_inf_nan=False,
        description="Time after something was erased until the library's file is written anew, so that no byte of it "
        "is left there. What is erased meanwhile goes with it.",
    )
    trash_days: float = Field(
        default=30,
        ge=0,
        le=3_650,
        allow_inf_nan=False,
        description="How long a deleted image stays in the trash, from where it can be had back, before it is erased. "
        "0 erases what is deleted at once. What is in the trash already keeps its time.",
    )
    backup_dir: Path | None = Field(
        default_factory=lambda: None,
        json_schema_extra={"default": "none"},
        description="Folder for backups and exports of libraries, which has to be there; best on another disk than "
        "that of the libraries. Without one there are none.",
    )
    backup_newest: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Backups that are kept of each library, the newest; older ones are deleted once a new one is made. "
        "0 keeps all.",
    )
    backup_days: float = Field(
        default=0,
        ge=0,
        le=36_500,
        allow_inf_nan=False,
        description="Days after which a backup is deleted, and with it what was erased from its library meanwhile; the "
        "newest is no exception. 0 keeps backups for ever.",
    )
    max_watchers: Count = Field(
        default=64,
        description="Clients that watch libraries or wait for operations at once; of all streams there may be half of "
        "the calls.",
    )
    events_kept: int = Field(
        default=EventBounds().count,
        ge=100,
        le=10_000_000,
        description="Events that each library keeps for those who come back to watch it, the newest; up to a tenth "
        "more for a while. Each takes about 30 bytes.",
    )
    events_days: float = Field(
        default=EventBounds().days,
        gt=0,
        le=3650,
        allow_inf_nan=False,
        description="Days for which an event is kept at most, unless it is the newest.",
    )
    operation_workers: Count = Field(
        default=2, description="Threads that work on operations, each on one; others wait for their turn."
    )
    operations_kept: int = Field(
        default=OperationBounds().count,
        ge=1,
        le=100_000,
        description="Operations that are kept when they are done, the newest of all libraries together. Each takes "
        "some kilobytes at most.",
    )
    operations_days: float = Field(
        default=OperationBounds().days,
        gt=0,
        le=3650,
        allow_inf_nan=False,
        description="Days for which an operation is kept at most when it is done.",
    )
    cluster_eps: float = Field(
        default=0.2,
        ge=1e-6,
        lt=2,
        description="DBSCAN's eps of new libraries: a cosine distance of faces, at least 0.000001 and below 2.",
    )
    cluster_min_quality: float = Field(
        default=0.45, ge=0, le=1, description="Quality below which faces of new libraries found no person, 0 to 1."
    )
    cluster_min_samples: int = Field(
        default=2, ge=2, le=100, description="DBSCAN's min_samples of new libraries: faces within eps, itself included."
    )
