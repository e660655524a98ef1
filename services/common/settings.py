"""Settings that every service has; each adds its own. Values come from the environment, in ``__main__`` only."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1, le=100_000)]
Bytes = Annotated[int, Field(ge=1024, le=1024**3)]


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
        default=256, description="Calls accepted at once, waiting ones included; more are refused by the transport."
    )
    reload_seconds: Seconds = Field(
        default=5, description="Time between two tries to start what failed to start, such as missing weights."
    )
    exit_with_stdin: bool = Field(
        default=False,
        validation_alias=AliasChoices("exit_with_stdin", "ALBUMEN_EXIT_WITH_STDIN"),
        description="Whether to stop when standard input ends; a launcher's children end with it.",
    )
