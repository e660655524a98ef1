"""Addresses of servers, as a person types them."""

import re
from typing import Final

from clients.cli import exit_codes
from clients.cli.failure import CommandError

_MAX_PORT: Final = 65_535
# Of an address of IPv6, the brackets tell its colons from the one before the port.
_ADDRESS: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^\s:/\[\]]+):(?P<port>[0-9]{1,5})")
# What gRPC understands besides: the same, told to be looked up, and a socket of this machine.
_OTHER_TARGET: Final = re.compile(rf"dns:///{_ADDRESS.pattern}|unix:.+")


def split_address(text: str) -> tuple[str, int] | None:
    """Return host and port of an address `HOST:PORT`, or None if it is none."""
    match = _ADDRESS.fullmatch(text)
    if match is None or not 0 < int(match["port"]) <= _MAX_PORT:
        return None
    return match["host"], int(match["port"])


def require_target(text: str) -> None:
    """Check that gRPC can be asked for the catalog at `text`; of what can't be, it would speak in words of its own.

    Raises:
        CommandError: it can't be.

    """
    if split_address(text) is None and _OTHER_TARGET.fullmatch(text) is None:
        raise CommandError(
            f"{text!r} is not HOST:PORT.",
            advice="Name the catalog as in --catalog localhost:50053, or in ALBUMEN_CATALOG_TARGET.",
            exit_code=exit_codes.WRONG_USE,
        )
