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
from clients.cli.summary import short_person_id
from services.common.plural import plural


def describe_edit(edit: Edit) -> str:
    """Return what `edit` did, for example "Bob (3 faces) merged into Anna (7 faces)"."""
    gained = [change for change in edit.people if change.face_count_after > change.face_count_before]
    lost = [change for change in edit.people if change.face_count_after < change.face_count_before]
    faces = plural(edit.face_count, "face")
    if edit.kind == EDIT_KIND_MERGE:
        text = _merge(lost, gained)
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


def _merge(lost: Sequence[PersonChange], gained: Sequence[PersonChange]) -> str:
    """Return who was merged into whom, each as before: whoever had no name inherits one, and would seem to be another.

    The numbers of faces tell people of one name apart.
    """
    text = f"{_joined([_before(change) for change in lost])} merged into {_joined([_before(one) for one in gained])}"
    inherited = [change.display_name_after for change in gained if not change.display_name_before]
    return text + "".join(f", now named {name}" for name in inherited if name)


def _before(change: PersonChange) -> str:
    name = change.display_name_before or f"person {short_person_id(change.person)}"
    return f"{name} ({plural(change.face_count_before, 'face')})"


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
    return _joined([_label(change) for change in people])


def _joined(labels: Sequence[str]) -> str:
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def _label(change: PersonChange) -> str:
    name = change.display_name_after or change.display_name_before
    return name or (f"person {short_person_id(change.person)}" if change.person else "a new person")
