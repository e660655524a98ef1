"""Settings of the detector, from the environment."""

import os

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.common import limits
from services.common.decoding_settings import DecodingSettings
from services.common.inference_settings import InferenceSettings
from services.common.settings import Bytes, Count


class DetectorSettings(InferenceSettings, DecodingSettings):
    """Settings of the detector, read from ``ALBUMEN_DETECTOR_*``."""

    model_config = SettingsConfigDict(env_prefix="ALBUMEN_DETECTOR_")

    listen: str = Field(
        default="127.0.0.1:50051", description="Address and port to listen on; port 0 takes a free one."
    )
    object_model: str | None = Field(
        default=None, description="Id of the model that finds objects; the manifest's default if not set."
    )
    face_model: str | None = Field(
        default=None, description="Id of the model that finds faces; the manifest's default if not set."
    )
    workers: Count = Field(
        default_factory=lambda: (os.cpu_count() or 1) + 1,
        json_schema_extra={"default": "number of cores, and one more"},
        description="Number of threads that run models, each on a photo of its own; one more than cores keeps these "
        "busy while a photo is on its way between processes.",
    )
    decoders: int = Field(
        default_factory=lambda: (os.cpu_count() or 1) + 1,
        json_schema_extra={"default": "number of cores, and one more"},
        ge=0,
        le=1_000,
        description="Processes that decode photos, one at a time each, for as long as the photo is worked on; one "
        "more forks them. 0 decodes in the service itself, as systems other than Linux always do: a photo that crashes "
        "its decoder then ends the service, and nothing bounds the time that it takes.",
    )
    queue: Count = Field(
        default_factory=lambda: 3 * (os.cpu_count() or 1),
        description="Photos that may wait for a thread; more are refused at once, so that a wait stays short.",
    )
    stream_queue: Count = Field(
        default=16,
        description="Photos of all DetectStream calls in progress at once; a stream is read only as there is room.",
    )
    stream_window: Count = Field(default=4, description="Photos of one DetectStream call in progress at once.")
    max_image_bytes: Bytes = Field(default=limits.MAX_IMAGE_BYTES, description="Largest image file, in bytes.")
    max_image_pixels: int = Field(
        default=limits.MAX_IMAGE_PIXELS,
        ge=1,
        le=1_000_000_000,
        description="Largest number of pixels of an image, width times height.",
    )
    max_objects: Count = Field(
        default=limits.MAX_OBJECTS_PER_IMAGE, description="Largest number of objects reported of one photo."
    )
    max_faces: Count = Field(
        default=limits.MAX_FACES_PER_IMAGE, description="Largest number of faces reported of one photo."
    )
