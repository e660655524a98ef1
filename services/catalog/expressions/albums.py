"""Conditions that speak of albums, which those of a smart album must not: albums would be made of each other."""

from services.catalog.expressions.conditions import AllOf, AnyOf, Collected, Condition, Not


def speaks_of_albums(condition: Condition) -> bool:
    """Return whether a condition asks in which albums images are."""
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return any(map(speaks_of_albums, conditions))
        case Not(inner):
            return speaks_of_albums(inner)
        case _:
            return isinstance(condition, Collected)
