"""Resource names: `libraries/{library}` and what is in it."""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from services.catalog.library_names import DEFAULT_LIBRARY
from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt

_LIBRARY: Final = re.compile(r"libraries/(?P<library>[^/]+)")
_BACKUP: Final = re.compile(r"backups/(?P<backup>[^/]+)")
_CHILD: Final = re.compile(r"libraries/(?P<library>[^/]+)/(?P<collection>[a-z]+)/(?P<id>[^/]+)")
# Whatever fits a 64-bit integer, without leading zeros: a resource has one name.
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_MOST_WRONG: Final = 100
T = TypeVar("T")


def library_name(library: str) -> str:
    """Return the name of a library."""
    return f"libraries/{library}"


def child_name(library: str, collection: str, child: str) -> str:
    """Return the name of something in a library, of the collection ``images``, ``faces``, ``people`` or ``edits``."""
    return f"libraries/{library}/{collection}/{child}"


def parse_library(name: str, *, field: str, default: bool = True) -> str:
    """Return the id in `name`; an empty name means the default library if `default` allows.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    if not name and default:
        return DEFAULT_LIBRARY
    match = _LIBRARY.fullmatch(name)
    if match is None:
        raise _invalid(name, "libraries/{library}", field)
    return match["library"]


def parse_backup(name: str, *, field: str) -> str:
    """Return the id in the name of a backup.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    match = _BACKUP.fullmatch(name)
    if match is None:
        raise _invalid(name, "backups/{backup}", field)
    return match["backup"]


def parse_child(name: str, collection: str, *, field: str) -> tuple[str, str]:
    """Return the ids of library and child in `name`.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    match = _CHILD.fullmatch(name)
    if match is None or match["collection"] != collection:
        raise _invalid(name, f"libraries/{{library}}/{collection}/{{id}}", field)
    return match["library"], match["id"]


def parse_child_of(name: str, collection: str, library: str | None, *, field: str) -> str | None:
    """Return the id in `name`, which must be a child of `library`, if that is known; None for an empty name.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    if not name:
        return None
    return parse_own(name, collection, library, field=field)


def parse_number(name: str, collection: str, *, field: str) -> tuple[str, int]:
    """Return the id of the library in `name`, and that of its child, which is a number.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    library, child = parse_child(name, collection, field=field)
    if _NUMBER.fullmatch(child) is None:
        raise _invalid(name, f"libraries/{{library}}/{collection}/{{number}}", field)
    return library, int(child)


def parse_own(name: str, collection: str, library: str | None, *, field: str) -> str:
    """Return the id in `name`, which must be a child of `library`, if that is known.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    found, child = parse_child(name, collection, field=field)
    if library is not None and found != library:
        raise _invalid(name, f"libraries/{excerpt(library)}/{collection}/{{id}}", field)
    return child


def parse_own_number(name: str, collection: str, library: str | None, *, field: str) -> int:
    """Return the id in `name`, a number; the name must be that of a child of `library`, if that is known.

    Raises:
        InvalidArgumentError: RESOURCE_NAME_INVALID.

    """
    parse_own(name, collection, library, field=field)
    return parse_number(name, collection, field=field)[1]


def parse_each(
    names: Sequence[str],
    parse: Callable[..., T],
    collection: str,
    library: str | None,
    *,
    field: str,
    most: int,
    reason: Reason,
) -> list[T]:
    """Return what `parse`, `parse_own` or `parse_own_number`, makes of each name of a repeated field.

    Raises:
        InvalidArgumentError: `reason` if there are more than `most` names, which are then not looked at; or
            RESOURCE_NAME_INVALID of every name that is wrong.

    """
    if len(names) > most:
        raise InvalidArgumentError(
            reason,
            f"{field} has {len(names):,} names, more than the limit of {most:,}. Use several calls.",
            field=field,
            metadata={"limit": str(most), "value": str(len(names))},
        )
    checks = Checks()
    parsed = []
    wrong = 0
    for index, name in enumerate(names):
        parsed.append(checks.run(parse, name, collection, library, field=f"{field}[{index}]"))
        wrong += checks.known(parsed[-1]) is None
        # An answer has room for some twenty; ten thousand would be made in vain.
        if wrong == _MOST_WRONG:
            break
    checks.done()
    return parsed


def _invalid(name: str, form: str, field: str) -> InvalidArgumentError:
    return InvalidArgumentError(
        Reason.RESOURCE_NAME_INVALID, f"{excerpt(name)!r} is not of the form `{form}`.", field=field
    )
