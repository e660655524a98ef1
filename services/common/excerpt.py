"""The one place that bounds how much of a caller's text is repeated to the caller."""

from typing import Final

MAX_EXCERPT_CHARS: Final = 100


def excerpt(text: str, limit: int = MAX_EXCERPT_CHARS) -> str:
    """Return the beginning of `text`, fit for a message, a resource name or metadata.

    A status travels in the trailers of a call, for which clients have 8 KiB: a longer one is replaced by an error of
    the transport, without a reason, which some of them retry for ever.

    Args:
        text: what the caller sent.
        limit: most characters that are kept; an ellipsis takes the place of the rest.

    """
    return text if len(text) <= limit else text[: limit - 1] + "…"
