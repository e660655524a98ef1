"""How long a text may be."""

from services.common.errors import InvalidArgumentError, Reason


def check_length(text: str, limit: int, reason: Reason, *, what: str, field: str) -> None:
    """Refuse a text of more than `limit` characters.

    Args:
        text: as it was sent.
        limit: the most characters.
        reason: of the refusal.
        what: what the text is, as the message begins.
        field: its path on the wire.

    Raises:
        InvalidArgumentError: `reason`, with the limit and the length.

    """
    if len(text) > limit:
        raise InvalidArgumentError(
            reason,
            f"{what} has at most {limit:,} characters, not {len(text):,}.",
            field=field,
            metadata={"limit": str(limit), "value": str(len(text))},
        )
