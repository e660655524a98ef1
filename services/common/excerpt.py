"""The one place that bounds how much of a caller's text is repeated to the caller, and what of it."""

from typing import Final

MAX_EXCERPT_CHARS: Final = 100

# Unicode has a picture of each control character of ASCII.
_PICTURES: Final = {code: 0x2400 + code for code in range(0x20)} | {0x7F: 0x2421}
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"


def excerpt(text: str, limit: int = MAX_EXCERPT_CHARS) -> str:
    """Return the beginning of `text`, fit for a message, a resource name or metadata.

    A status travels in the trailers of a call, for which clients have 8 KiB: a longer one is replaced by an error of
    the transport, without a reason, which some of them retry for ever. And it is read in terminals and logs, which
    obey control characters: what can't be seen has a sign in its place, of one character.

    Args:
        text: what the caller sent.
        limit: most characters that are kept; an ellipsis takes the place of the rest.

    """
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    if kept.isprintable():
        return kept
    return "".join(map(_visible, kept.translate(_PICTURES)))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    # Such as the narrow space that a system puts into the names of its screenshots.
    return " " if character.isspace() else _REPLACEMENT
