"""Tokens to go on with: a place in the history of a library, for clients not to look into."""

from typing import Final

from services.catalog.events import Position
from services.catalog.servicers.pages import Key, decode_page_token, encode_page_token, start_of_page
from services.common.errors import InvalidArgumentError, Reason

_KIND: Final = "resume"
Decoded = tuple[str, Key]


def resume_token(library: str, position: Position) -> str:
    """Return the token for a place in the history of a library."""
    return encode_page_token(position, _KIND, library)


def decode_resume_token(token: str) -> Decoded | None:
    """Return what a token holds; None for the empty one.

    Raises:
        InvalidArgumentError: RESUME_TOKEN_INVALID if this service cannot have made the token.

    """
    try:
        return decode_page_token(token, (int, int))
    except InvalidArgumentError:
        raise _invalid() from None


def place_of(decoded: Decoded | None, library: str) -> Position | None:
    """Return the place that a token is for; None if there is no token.

    Raises:
        InvalidArgumentError: RESUME_TOKEN_INVALID if it belongs to another library.

    """
    try:
        key = start_of_page(decoded, _KIND, library)
    except InvalidArgumentError:
        raise _invalid() from None
    return None if key is None else Position(*map(int, key))


def _invalid() -> InvalidArgumentError:
    return InvalidArgumentError(
        Reason.RESUME_TOKEN_INVALID,
        "The resume token is none that this service made for this library. Send that of an earlier response, or none "
        "to begin now.",
        field="resume_token",
    )
