"""What an edit did, in a few words."""

from collections.abc import Sequence

from albumen.catalog.v1.edit_pb2 import (
    EDIT_KIND_MERGE,
    EDIT_KIND_REASSIGN,
    EDIT_KIND_SEPARATE,
    EDIT_KIND_SPLIT,
    Edit,
    PersonChange,
)
from clients.cli.summary import plural, short_person_id


def describe_edit(edit: Edit) -> str:
    """Return what `edit` did, for example "Bob merged into Anna"."""
    gained = [change for change in edit.people if change.face_count_after > change.face_count_before]
    lost = [change for change in edit.people if change.face_count_after < change.face_count_before]
    faces = plural(edit.face_count, "face")
    if edit.kind == EDIT_KIND_MERGE:
        return f"{_listed(lost)} merged into {_listed(gained)}"
    if edit.kind == EDIT_KIND_SPLIT:
        return f"{faces} of {_listed(lost)} split off as {_listed(gained)}"
    if edit.kind == EDIT_KIND_SEPARATE:
        return f"{_listed(edit.people)} told apart"
    if edit.kind == EDIT_KIND_REASSIGN and gained:
        return f"{faces} given to {_listed(gained)}"
    if edit.kind == EDIT_KIND_REASSIGN and lost:
        return f"{faces} taken from {_listed(lost)}"
    return f"{faces} moved"


def _listed(people: Sequence[PersonChange]) -> str:
    labels = [_label(change) for change in people]
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def _label(change: PersonChange) -> str:
    name = change.display_name_after or change.display_name_before
    return name or (f"person {short_person_id(change.person)}" if change.person else "a new person")
