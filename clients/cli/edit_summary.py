"""What an edit did, in a few words."""

from collections.abc import Sequence

from albumen.catalog.v1.edit_pb2 import (
    EDIT_KIND_MERGE,
    EDIT_KIND_REASSIGN,
    EDIT_KIND_SEPARATE,
    EDIT_KIND_SPLIT,
    EDIT_KIND_UPDATE,
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
        text = f"{_listed(lost)} merged into {_listed(gained)}"
    elif edit.kind == EDIT_KIND_SPLIT:
        text = f"{faces} of {_listed(lost)} split off as {_listed(gained)}"
    elif edit.kind == EDIT_KIND_SEPARATE:
        text = f"{_listed(edit.people)} told apart"
    elif edit.kind == EDIT_KIND_UPDATE:
        text = " and ".join(_update(change) for change in edit.people)
    elif edit.kind == EDIT_KIND_REASSIGN and gained:
        text = f"{faces} given to {_listed(gained)}"
    elif edit.kind == EDIT_KIND_REASSIGN and lost:
        text = f"{faces} taken from {_listed(lost)}"
    else:
        text = f"{faces} moved"
    return text


def _update(change: PersonChange) -> str:
    before, after = change.display_name_before, change.display_name_after
    was = before or f"person {short_person_id(change.person)}"
    done = []
    if before != after:
        done.append(f"{'renamed' if before else 'named'} {after}" if after else "left without a name")
    if change.hidden_before != change.hidden_after:
        done.append("hidden" if change.hidden_after else "shown again")
    return f"{was} {' and '.join(done) or 'changed'}"


def _listed(people: Sequence[PersonChange]) -> str:
    labels = [_label(change) for change in people]
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def _label(change: PersonChange) -> str:
    name = change.display_name_after or change.display_name_before
    return name or (f"person {short_person_id(change.person)}" if change.person else "a new person")
