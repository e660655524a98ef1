"""Settings of the embedder."""

import os
from pathlib import Path

from pydantic import AliasChoices, Field
from pydantic_settings import SettingsConfigDict

from services.common import limits
from services.common.home import weights_dir
from services.common.settings import Count, ServiceSettings


class EmbedderSettings(ServiceSettings):
    """Settings of the embedder, read from ``ALBUMEN_EMBEDDER_*``."""

    model_config = SettingsConfigDict(env_prefix="ALBUMEN_EMBEDDER_")

    listen: str = Field(
        default="127.0.0.1:50052", description="Address and port to listen on; port 0 takes a free one."
    )
    weights_dir: Path = Field(
        default_factory=weights_dir,
        validation_alias=AliasChoices("weights_dir", "ALBUMEN_WEIGHTS_DIR"),
        description="Folder of the weights that `python -m models pull` made.",
    )
    workers: Count = Field(
        default_factory=lambda: os.cpu_count() or 1, description="Requests worked on at once, one thread each."
    )
    queue: Count = Field(default=64, description="Requests that may wait for a thread; more are refused at once.")
    max_faces: Count = Field(default=limits.MAX_FACES_PER_EMBED, description="Most faces in one request.")
