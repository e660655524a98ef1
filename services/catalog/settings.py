"""Settings of the catalog."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from models.home import libraries_dir
from services.common import limits
from services.common.settings import Bytes, Count, Seconds, ServiceSettings


class CatalogSettings(ServiceSettings):
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
    queue: Count = Field(default=256, description="Reads and writes that may wait for a thread.")
    max_image_bytes: Bytes = Field(default=limits.MAX_IMAGE_BYTES, description="Largest image file, in bytes.")
    max_image_pixels: int = Field(
        default=limits.MAX_IMAGE_PIXELS,
        ge=1,
        le=1_000_000_000,
        description="Most pixels of an image, width times height.",
    )
    max_libraries: Count = Field(default=limits.MAX_LIBRARIES, description="Most libraries.")
    library_memory_mib: Count = Field(default=512, description="Memory that DuckDB may use for one library, in MiB.")
    upkeep_seconds: Seconds = Field(
        default=5, description="Time between two looks for idle libraries whose log is to be folded into their file."
    )
    cluster_eps: float = Field(
        default=0.2, gt=0, lt=2, description="DBSCAN's eps of new libraries: a cosine distance of faces, 0 to 2."
    )
    cluster_min_quality: float = Field(
        default=0.45, ge=0, le=1, description="Quality below which faces of new libraries found no person, 0 to 1."
    )
    cluster_min_samples: int = Field(
        default=2, ge=2, le=100, description="DBSCAN's min_samples of new libraries: faces within eps, itself included."
    )
