"""Backups, and what is done to their library meanwhile."""

import pytest

from services.catalog.backup.backup_folder import BACKUPS
from services.catalog.operations.kind import Task
from services.common.errors import FailedPreconditionError, NotFoundError, Reason
from tests.catalog.backup.backing import Backing, fill


def test_copying_and_compacting_take_turns(kept: Backing) -> None:
    fill(kept)
    with kept.catalog.lease("a") as library:
        run = kept.making.steps(Task("a", "o", {}, 1))
        next(run)
        with pytest.raises(FailedPreconditionError) as caught:
            library.compaction.begin()
        assert caught.value.reason is Reason.BACKUP_IN_PROGRESS
        run.close()
        compacting = library.compaction.begin()
        run = kept.making.steps(Task("a", "o", {}, 1))
        assert next(run).total == 0
        compacting.close()
        assert next(run).total > 0
        run.close()


def test_a_library_that_is_erased_meanwhile_ends_it(kept: Backing) -> None:
    fill(kept)
    run = kept.making.steps(Task("a", "o", {}, 1))
    next(run)
    kept.catalog.delete("a", force=True)
    with pytest.raises(NotFoundError):
        next(run)
    assert [*(kept.folder / BACKUPS).iterdir()] == []
