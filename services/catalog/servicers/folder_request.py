"""What requests say of folders, checked."""

from collections.abc import Collection
from typing import Final

from albumen.catalog.v1 import folder_pb2
from services.catalog.folders.wishes import checked_days, checked_folder_name, checked_patterns
from services.catalog.folders.writer import FolderChange
from services.common.checks import Checks

FOLDER_UPDATABLE: Final = frozenset(
    {"display_name", "include_patterns", "exclude_patterns", "trash_missing_days", "watch"}
)


def folder_change(folder: folder_pb2.Folder, fields: Collection[str]) -> FolderChange:
    """Return what is to be changed of a folder: `fields` of a message.

    Raises:
        InvalidArgumentError: DISPLAY_NAME_INVALID, DISPLAY_NAME_TOO_LONG, PATTERN_INVALID, TOO_MANY_PATTERNS,
            PARAMETER_OUT_OF_RANGE.

    """
    checks = Checks()
    name = include = exclude = days = None
    if "display_name" in fields:
        name = checks.run(checked_folder_name, folder.display_name, field="folder.display_name")
    if "include_patterns" in fields:
        include = checks.run(checked_patterns, folder.include_patterns, field="folder.include_patterns")
    if "exclude_patterns" in fields:
        exclude = checks.run(checked_patterns, folder.exclude_patterns, field="folder.exclude_patterns")
    if "trash_missing_days" in fields:
        days = checks.run(checked_days, folder.trash_missing_days, field="folder.trash_missing_days")
    checks.done()
    return FolderChange(name, include, exclude, days, folder.watch if "watch" in fields else None)
