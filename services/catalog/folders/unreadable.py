"""Why a file or folder could not be read, without a path of the server: its place is told beside it."""

from services.common.errors import FailedPreconditionError, InvalidArgumentError, Reason
from services.common.limits import MAX_SOURCE_URI_CHARS
from services.common.scan.exclusions import IGNORE_FILE, PatternError


def unreadable(error: OSError) -> FailedPreconditionError:
    """Return the error for a file or folder that the system does not let be read."""
    return FailedPreconditionError(Reason.FILE_UNREADABLE, f"It can't be read: {error.strerror or error}.")


def path_too_long(length: int) -> InvalidArgumentError:
    """Return the error for a file that could have no place."""
    return InvalidArgumentError(
        Reason.SOURCE_URI_INVALID,
        f"Its path makes a URI of {length:,} characters, more than {MAX_SOURCE_URI_CHARS:,}. Shorten it.",
        metadata={"limit": str(MAX_SOURCE_URI_CHARS), "value": str(length)},
    )


def wrong_patterns(error: PatternError) -> FailedPreconditionError:
    """Return the error for a folder whose ignore file can't be understood."""
    where = f"Line {error.number} of its {IGNORE_FILE}: " if error.number else f"Its {IGNORE_FILE} "
    return FailedPreconditionError(Reason.PATTERN_INVALID, f"{where}{error.problem}. {error.advice}")
