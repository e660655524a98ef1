"""Page sizes, as AIP-158 has them."""

from typing import Final

from services.common.errors import InvalidArgumentError, Reason

_DEFAULT: Final = 50


def page_size(asked: int, most: int) -> int:
    """Return how many items a page holds: 50 unasked, never more than `most`.

    Raises:
        InvalidArgumentError: PAGE_SIZE_INVALID if `asked` is negative.

    """
    if asked < 0:
        raise InvalidArgumentError(
            Reason.PAGE_SIZE_INVALID, f"A page can't hold {asked} items; 0 means {_DEFAULT}.", field="page_size"
        )
    return min(asked or _DEFAULT, most)
