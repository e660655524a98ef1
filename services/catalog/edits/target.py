"""Whose faces are to be, as a user says it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToPerson:
    """Faces are this person's."""

    person_id: str


@dataclass(frozen=True, slots=True)
class ToNewPerson:
    """Faces are a new person's, who is called `display_name`."""

    display_name: str


@dataclass(frozen=True, slots=True)
class ToNobody:
    """Faces are nobody's."""


@dataclass(frozen=True, slots=True)
class ToAutomatic:
    """Clustering decides whose faces they are."""


Target = ToPerson | ToNewPerson | ToNobody | ToAutomatic
