"""Settings of the detector."""

import os
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from services.common import limits
from services.common.home import weights_dir
from services.common.settings import Bytes, Count, ServiceSettings


class DetectorSettings(ServiceSettings):
    """Settings of the detector, read from ``ALBUMEN_DETECTOR_*``."""

    model_config = SettingsConfigDict(env_prefix="ALBUMEN_DETECTOR_")

    listen: str = Field(
        default="127.0.0.1:50051", description="Address and port to listen on; port 0 takes a free one."
    )
    weights_dir: Path = Field(
        default_factory=weights_dir,
        validation_alias=AliasChoices("weights_dir", "ALBUMEN_WEIGHTS_DIR"),
        description="Folder of the weights that `python -m models pull` made.",
    )
    workers: Count = Field(
        default_factory=lambda: os.cpu_count() or 1, description="Photos worked on at once, one thread each."
    )
    queue: Count = Field(default=32, description="Photos that may wait for a thread; more are refused at once.")
    max_image_bytes: Bytes = Field(default=limits.MAX_IMAGE_BYTES, description="Largest image file, in bytes.")
    max_image_pixels: int = Field(
        default=limits.MAX_IMAGE_PIXELS,
        ge=1,
        le=1_000_000_000,
        description="Most pixels of an image, width times height.",
    )
    max_objects: Count = Field(default=limits.MAX_OBJECTS_PER_IMAGE, description="Most objects reported of one photo.")
    max_faces: Count = Field(default=limits.MAX_FACES_PER_IMAGE, description="Most faces reported of one photo.")
