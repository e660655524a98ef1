"""Patterns of texts, in SQL's words."""


def like(pattern: tuple[str, ...]) -> str:
    """Return the pattern for parts of a text between which there may be anything; a backslash escapes."""
    escaped = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in pattern)
    return "%".join(escaped)


def written(text: str, pattern: str) -> str:
    """Return the condition that a text is as a pattern says, whatever the case of its letters; both are SQL.

    Letters are the same if their capitals are; small letters alone would tell the sigma at the end of a word from
    others.
    """
    return f"lower(upper({text})) LIKE lower(upper({pattern})) ESCAPE '\\'"
