"""The settings that detector and embedder share: weights, models, providers, workers."""

import os
from pathlib import Path
from typing import Annotated

from pydantic import AliasChoices, Field, field_validator
from pydantic_settings import NoDecode

from models.home import weights_dir
from services.common.inference import DEFAULT_PROVIDERS
from services.common.settings import Count, ServiceSettings


class InferenceSettings(ServiceSettings):
    """Settings of any service that runs models."""

    weights_dir: Path = Field(
        default_factory=weights_dir,
        validation_alias=AliasChoices("weights_dir", "ALBUMEN_WEIGHTS_DIR"),
        description="Folder of the weights that `albumen-models pull` made.",
    )
    models_file: Path | None = Field(
        default=None,
        validation_alias=AliasChoices("models_file", "ALBUMEN_MODELS_FILE"),
        description="Manifest with models of your own; see bring-your-own-model.md.",
    )
    execution_providers: Annotated[tuple[str, ...], NoDecode] = Field(
        default=DEFAULT_PROVIDERS,
        min_length=1,
        description=(
            "ONNX Runtime execution providers to try, in this order, separated by commas. "
            "One that is not listed is never used: a GPU falls back to the CPU only if the CPU is listed after it."
        ),
    )
    workers: Count = Field(
        default_factory=lambda: os.cpu_count() or 1,
        description="Number of threads that run models, each on a request of its own.",
    )
    unload_after_seconds: float = Field(
        default=0,
        ge=0,
        description="Idle time after which models are unloaded, until the next call loads them again; 0 keeps them.",
    )

    @field_validator("execution_providers", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(name.strip() for name in value.split(",") if name.strip())
