"""The name of a group of faces: a person, or one face that belongs to nobody."""

from typing import NewType

# The number of a person, or the complement of a face's id: one integer, so that sets and arrays of groups stay small.
Group = NewType("Group", int)


def person_group(number: int) -> Group:
    """Return the group that a person's faces are."""
    return Group(number)


def face_group(face: int) -> Group:
    """Return the group of a single face that belongs to nobody."""
    return Group(~face)


def is_person(group: Group) -> bool:
    """Return whether the group is a person."""
    return group > 0


def face_of(group: Group) -> int:
    """Return the id of the single face that the group is."""
    return ~group
