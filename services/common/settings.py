"""Settings that every service has; each adds its own. Values come from the environment, in ``__main__`` only."""

import os
from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import AliasChoices, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.common.limits import MEBIBYTE, MESSAGE_OVERHEAD_BYTES

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Bytes = Annotated[int, Field(ge=1024, le=1024**3)]
# One of the largest images, or ten of a phone's.
IMAGE_MEMORY_MIB_PER_CORE: Final = 32
# Two images in one message each; the transport holds each up to three times for a moment.
ARRIVING_MEMORY_MIB: Final = 68


class ServiceSettings(BaseSettings):
    """Settings of any service."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    listen: str = Field(description="Address and port to listen on; port 0 takes a free one.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe level that is logged."
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="Form of a log line; auto is console on a terminal and json elsewhere."
    )
    drain_seconds: Seconds = Field(default=10, description="Longest time that calls under way get at shutdown.")
    max_concurrent_calls: Count = Field(
        default=256, description="Calls under way at once, waiting ones included; streams take at most half of them."
    )
    max_arriving: Count = Field(
        default=8,
        description="Messages with images on their way in at once; a client that is silent lets others have its place.",
    )
    arriving_memory_mib: Count = Field(
        default=ARRIVING_MEMORY_MIB,
        description="Memory of all messages with images on their way in, in MiB, each counted as large as it may "
        "become: 33 where an image comes in one message, 4 where it comes in chunks. Others wait until there is room; "
        "one is on its way in any case. While photos that are decoded have more than three quarters of their memory, "
        "up to half of this is theirs.",
    )
    image_memory_mib: Count = Field(
        default_factory=lambda: IMAGE_MEMORY_MIB_PER_CORE * (os.cpu_count() or 1),
        json_schema_extra={"default": f"{IMAGE_MEMORY_MIB_PER_CORE} times the number of cores"},
        description="Memory of all images in hand as they came, in MiB, but at least of the largest one; more are "
        "refused at once, and those of streams are read later.",
    )
    stream_idle_seconds: Seconds = Field(
        default=60,
        description="Longest time that a call waits for its client's next message, or until the client takes what it "
        "is sent; then it is ended.",
    )
    reload_seconds: Seconds = Field(
        default=5, description="Time between two tries to start what failed to start, such as missing weights."
    )
    exit_with_stdin: bool = Field(
        default=False,
        validation_alias=AliasChoices("exit_with_stdin", "ALBUMEN_EXIT_WITH_STDIN"),
        description="Whether to stop when standard input ends; a launcher's children end with it.",
    )

    def image_memory(self, largest: int) -> int:
        """Return how many bytes of images may be in hand: as set, but at least one of the `largest` that is let in."""
        return max(self.image_memory_mib * MEBIBYTE, largest + MESSAGE_OVERHEAD_BYTES)

    @classmethod
    def service_name(cls) -> str:
        """Return the name of the service in logs, for example ``detector``."""
        return cls.model_config.get("env_prefix", "").removeprefix("ALBUMEN_").strip("_").lower()

    @classmethod
    def variable(cls, setting: str) -> str:
        """Return the environment variable of a setting, for example ``ALBUMEN_CATALOG_LIBRARIES_DIR``."""
        alias = cls.model_fields[setting].validation_alias
        if isinstance(alias, AliasChoices):
            return str(alias.choices[-1])
        return f"{cls.model_config.get('env_prefix', '')}{setting}".upper()


def describe(error: ValidationError, settings_type: type[ServiceSettings]) -> Iterator[str]:
    """Yield one line for each setting that has a value which it can't have."""
    for problem in error.errors(include_url=False):
        where = [str(part) for part in problem["loc"]]
        name = where[0] if where else ""
        variable = settings_type.variable(name) if name in settings_type.model_fields else name
        value = "" if problem["input"] is None or not where else f", not {str(problem['input'])[:100]!r}"
        yield f"{variable or 'The settings'}: {problem['msg']}{value}."
