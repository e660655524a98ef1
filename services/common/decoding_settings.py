"""The settings of services that decode photos: how many at once, and what each may take."""

import os

from pydantic import Field

from services.common import limits
from services.common.settings import Seconds, ServiceSettings


class DecodingSettings(ServiceSettings):
    """Settings of any service that opens image files of callers."""

    decoders: int = Field(
        default_factory=lambda: os.cpu_count() or 1,
        ge=0,
        le=1_000,
        description="Processes that decode photos, one at a time each; one more forks them. 0 decodes in the "
        "service itself, as systems other than Linux always do: a photo that crashes its decoder then ends the "
        "service, and nothing bounds the time that it takes.",
    )
    decode_cpu_seconds: Seconds = Field(
        default=limits.DECODE_CPU_SECONDS,
        description="Processor time that one photo may take to be decoded; one that takes more is refused.",
    )
    decode_wall_seconds: Seconds = Field(
        default=limits.DECODE_WALL_SECONDS,
        description="Time that one photo may be in its decoder; a busy machine is no fault of it, and it may be sent "
        "again.",
    )
    decode_memory_mib: int = Field(
        default=limits.DECODE_MEMORY_MIB,
        ge=16,
        le=1024 * 1024,
        description="Memory of all photos that are being decoded, in MiB. What does not fit waits for its turn, large "
        "photos are decoded smaller, and what can't ever fit is refused.",
    )

    def decode_limits(self, image: limits.ImageLimits) -> limits.DecodeLimits:
        """Return what decoding images within the limits `image` may take."""
        return limits.DecodeLimits(
            image, self.decode_cpu_seconds, self.decode_wall_seconds, self.decode_memory_mib * limits.MEBIBYTE
        )
