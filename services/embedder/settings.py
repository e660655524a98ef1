"""Settings of the embedder, from the environment."""

from typing import Self

from pydantic import Field, model_validator
from pydantic_settings import SettingsConfigDict

from services.common import limits
from services.common.decoding_settings import DecodingSettings
from services.common.inference_settings import InferenceSettings
from services.common.settings import Count, Seconds


class EmbedderSettings(InferenceSettings, DecodingSettings):
    """Settings of the embedder, read from ``ALBUMEN_EMBEDDER_*``."""

    model_config = SettingsConfigDict(env_prefix="ALBUMEN_EMBEDDER_")

    listen: str = Field(
        default="127.0.0.1:50052", description="Address and port to listen on; port 0 takes a free one."
    )
    model: str | None = Field(
        default=None, description="Id of the model that embeds faces; the manifest's default if not set."
    )
    queue: Count = Field(
        default=2 * limits.MAX_FACES_PER_EMBED,
        description="Faces of Embed calls in progress at once, waiting ones included; more are refused.",
    )
    stream_queue: Count = Field(
        default=256,
        description="Faces of all EmbedStream calls in progress at once; a stream is read only as there is room.",
    )
    stream_window: Count = Field(default=32, description="Faces of one EmbedStream call in progress at once.")
    decode_cpu_seconds: Seconds = Field(
        default=1, description="Processor time that one face may take to be decoded; one that takes more is refused."
    )
    decode_memory_mib: int = Field(
        default=128,
        ge=16,
        le=1024 * 1024,
        description="Memory of all faces that are being decoded, in MiB. What does not fit waits for its turn, and "
        "what can't ever fit is refused.",
    )
    max_faces: Count = Field(default=limits.MAX_FACES_PER_EMBED, description="Largest number of faces in one request.")

    @model_validator(mode="after")
    def _largest_request_fits(self) -> Self:
        if self.max_faces > self.queue:
            raise ValueError(
                f"a request may have {self.max_faces} faces (max_faces), but only {self.queue} may wait (queue); "
                "raise queue or lower max_faces"
            )
        return self
