"""The errors for backups."""

from services.common.errors import FailedPreconditionError, NotFoundError, Reason, UnavailableError
from services.common.excerpt import excerpt


def backups_off() -> FailedPreconditionError:
    """Return the error for a catalog that was not told where backups go."""
    return FailedPreconditionError(
        Reason.BACKUPS_OFF,
        "This catalog keeps no backups and no exports: set ALBUMEN_CATALOG_BACKUP_DIR to a folder for them, and start "
        "it again.",
    )


def backups_unavailable(cause: str) -> UnavailableError:
    """Return the error for a folder of backups that can't be used; `cause` is a part of a sentence, without a path."""
    return UnavailableError(
        Reason.BACKUPS_UNAVAILABLE,
        f"The folder of backups can't be used: {cause}. Check ALBUMEN_CATALOG_BACKUP_DIR, its disk and its "
        "permissions, then try again.",
    )


def backup_not_found(backup_id: str) -> NotFoundError:
    """Return the error for a backup that is not there."""
    shown = excerpt(backup_id)
    return NotFoundError(
        Reason.BACKUP_NOT_FOUND,
        f"There is no backup {shown!r}. List the backups to see which there are.",
        resource=f"backups/{shown}",
    )


def backup_damaged(backup_id: str, what: str) -> FailedPreconditionError:
    """Return the error for a backup that is not what was written; `what` is a whole sentence."""
    return FailedPreconditionError(
        Reason.BACKUP_DAMAGED,
        f"Backup {backup_id!r} is damaged. {what} Use another backup, or another copy of this one.",
        resource=f"backups/{backup_id}",
    )


def backup_newer(backup_id: str, what: str) -> FailedPreconditionError:
    """Return the error for a backup that a later version made; `what` is a whole sentence."""
    return FailedPreconditionError(
        Reason.BACKUP_NEWER,
        f"Backup {backup_id!r} was made by a newer Albumen. {what} Upgrade Albumen, then try again.",
        resource=f"backups/{backup_id}",
    )
