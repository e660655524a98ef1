"""What an edit did, in a few words."""

from collections.abc import Sequence

from albumen.catalog.v1.edit_pb2 import (
    EDIT_KIND_ACCEPT,
    EDIT_KIND_MERGE,
    EDIT_KIND_REASSIGN,
    EDIT_KIND_REJECT,
    EDIT_KIND_SEPARATE,
    EDIT_KIND_SPLIT,
    EDIT_KIND_UPDATE,
    Edit,
    PersonChange,
)
from clients.cli.dates import date_text
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
        # Who only gained or lost faces by it was not meant.
        meant = [change for change in edit.people if _is_said(change)] or edit.people
        text = " and ".join(_update(change) for change in meant)
    elif edit.kind == EDIT_KIND_REASSIGN and gained:
        text = f"{faces} given to {_listed(gained)}"
    elif edit.kind == EDIT_KIND_REASSIGN and lost:
        text = f"{faces} taken from {_listed(lost)}"
    elif edit.kind == EDIT_KIND_REJECT:
        text = f"{faces} of {_listed(lost)} rejected" if lost else f"{faces} rejected"
    elif edit.kind == EDIT_KIND_ACCEPT:
        text = f"{faces} accepted again"
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
    if change.favorite_before != change.favorite_after:
        done.append("made a favourite" if change.favorite_after else "no favourite any more")
    if change.birth_date_before != change.birth_date_after:
        born = date_text(change.birth_date_after)
        done.append(f"said to be born on {born}" if born else "left without a birth date")
    if change.cover_face_before != change.cover_face_after:
        done.append("shown by another face")
    text = f"{was} {_joined(done) if done else 'changed'}"
    # Of a birth date, which decides about the photos from before.
    faces, had = change.face_count_after, change.face_count_before
    return text if faces == had else f"{text} ({plural(faces, 'face')} instead of {had:,})"


def _is_said(change: PersonChange) -> bool:
    return (
        change.display_name_before != change.display_name_after
        or change.hidden_before != change.hidden_after
        or change.favorite_before != change.favorite_after
        or change.birth_date_before != change.birth_date_after
        or change.cover_face_before != change.cover_face_after
    )


def _listed(people: Sequence[PersonChange]) -> str:
    return _joined([_label(change) for change in people])


def _joined(labels: Sequence[str]) -> str:
    return " and ".join([", ".join(labels[:-1]), labels[-1]] if len(labels) > 1 else labels)


def _label(change: PersonChange) -> str:
    name = change.display_name_after or change.display_name_before
    return name or (f"person {short_person_id(change.person)}" if change.person else "a new person")
