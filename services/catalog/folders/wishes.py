"""What users may want of folders, checked."""

import os
from collections.abc import Sequence
from typing import Final

from services.catalog.display_name import checked_display_name
from services.common.checks import Checks
from services.common.errors import FailedPreconditionError, InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.file_name import readable_file_name
from services.common.file_uri import path_of, uri_of
from services.common.length import check_length
from services.common.limits import (
    MAX_DISPLAY_NAME_CHARS,
    MAX_FOLDER_PATTERNS,
    MAX_PATTERN_CHARS,
    MAX_SOURCE_URI_CHARS,
    MAX_TRASH_MISSING_DAYS,
)
from services.common.roots import OutsideError, Roots
from services.common.scan.exclusions import PatternError, parse_patterns

_SETTING: Final = "ALBUMEN_CATALOG_FOLDER_ROOTS"


def checked_root(root_uri: str, *, field: str) -> str:
    """Return the URI of a folder of this machine, in one spelling and without a slash at its end.

    Raises:
        InvalidArgumentError: FOLDER_ROOT_INVALID.

    """
    check_length(root_uri, MAX_SOURCE_URI_CHARS, Reason.FOLDER_ROOT_INVALID, what="A URI", field=field)
    path = path_of(root_uri.removesuffix("/"))
    if path is None:
        raise InvalidArgumentError(
            Reason.FOLDER_ROOT_INVALID,
            f"{excerpt(root_uri)!r} is no folder of the catalog's machine. Name one by its absolute path as a file "
            "URI, like file:///photos/2024.",
            field=field,
            metadata={"value": excerpt(root_uri)},
        )
    return uri_of(path)


def require_folder(roots: Roots, root_uri: str) -> None:
    """Refuse a folder that may not be read, or is not there. Takes long.

    Raises:
        FailedPreconditionError: FOLDER_FORBIDDEN, FOLDER_UNAVAILABLE.

    """
    path = path_of(root_uri)
    if path is None:
        raise AssertionError("a checked root has a path")
    try:
        os.close(roots.open_folder(path))
    except OutsideError:
        raise _forbidden(roots) from None
    except OSError as error:
        # What is there outside of those folders is nobody's business.
        if not roots.may_hold(path):
            raise _forbidden(roots) from None
        raise FailedPreconditionError(
            Reason.FOLDER_UNAVAILABLE, f"The folder can't be read: {error.strerror or error}."
        ) from error


def name_of_root(root_uri: str) -> str:
    """Return the name of a folder that was given no other."""
    name = readable_file_name(os.path.basename(path_of(root_uri) or b""))  # noqa: PTH119 - of bytes there is no Path
    return name[:MAX_DISPLAY_NAME_CHARS]


def checked_folder_name(name: str, *, field: str) -> str:
    """Return a folder's name.

    Raises:
        InvalidArgumentError: DISPLAY_NAME_INVALID, DISPLAY_NAME_TOO_LONG.

    """
    checked = checked_display_name(name, field=field)
    if not checked:
        raise InvalidArgumentError(Reason.DISPLAY_NAME_INVALID, "A folder needs a name.", field=field)
    return checked


def checked_patterns(patterns: Sequence[str], *, field: str) -> tuple[str, ...]:
    """Return patterns in the syntax of .gitignore.

    Raises:
        InvalidArgumentError: TOO_MANY_PATTERNS; PATTERN_INVALID, of each that is none.

    """
    if len(patterns) > MAX_FOLDER_PATTERNS:
        raise InvalidArgumentError(
            Reason.TOO_MANY_PATTERNS,
            f"{len(patterns):,} patterns are more than the limit of {MAX_FOLDER_PATTERNS}. Write an .albumenignore "
            "file in the folder.",
            field=field,
            metadata={"limit": str(MAX_FOLDER_PATTERNS), "value": str(len(patterns))},
        )
    checks = Checks()
    for index, pattern in enumerate(patterns):
        checks.run(_check_pattern, pattern, field=f"{field}[{index}]")
    checks.done()
    return tuple(patterns)


def checked_days(days: int, *, field: str) -> int:
    """Return after how many days missing images go to the trash.

    Raises:
        InvalidArgumentError: PARAMETER_OUT_OF_RANGE.

    """
    if not 0 <= days <= MAX_TRASH_MISSING_DAYS:
        raise InvalidArgumentError(
            Reason.PARAMETER_OUT_OF_RANGE,
            f"Missing photos go to the trash after 1 to {MAX_TRASH_MISSING_DAYS:,} days, or with 0 never, not after "
            f"{days}.",
            field=field,
            metadata={"limit": str(MAX_TRASH_MISSING_DAYS), "value": str(days)},
        )
    return days


def _check_pattern(pattern: str, *, field: str) -> None:
    check_length(pattern, MAX_PATTERN_CHARS, Reason.PATTERN_INVALID, what="A pattern", field=field)
    if not pattern.strip() or len(pattern.splitlines()) > 1:
        raise InvalidArgumentError(Reason.PATTERN_INVALID, "A pattern is one line, and not empty.", field=field)
    try:
        parse_patterns([pattern])
    except PatternError as error:
        raise InvalidArgumentError(
            Reason.PATTERN_INVALID,
            f"{excerpt(error.problem)}. {error.advice}",
            field=field,
            metadata={"value": excerpt(pattern)},
        ) from None


def _forbidden(roots: Roots) -> FailedPreconditionError:
    where = "is in none of the folders that the catalog may read" if roots else "may not be read, as no other may"
    return FailedPreconditionError(
        Reason.FOLDER_FORBIDDEN,
        f"The folder {where}. {_SETTING} names those of its machine in which folders may be synced.",
    )
