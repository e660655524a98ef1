"""Patterns of texts, in SQL's words."""


def like(pattern: tuple[str, ...]) -> str:
    """Return the pattern for parts of a text between which there may be anything; a backslash escapes."""
    escaped = (part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") for part in pattern)
    return "%".join(escaped)
