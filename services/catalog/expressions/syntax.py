"""What a filter says, before anybody knows whether its fields exist."""

from dataclasses import dataclass
from enum import Enum


class Operator(Enum):
    """How a field is compared with a value; HAS is AIP-160's ``:``."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="
    HAS = ":"


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it was written.

    Attributes:
        text: without quotes and escapes.
        quoted: whether it stood in quotes, so that it is text whatever it looks like.
        position: of its first character in the filter, counted from 1.

    """

    text: str
    quoted: bool
    position: int


@dataclass(frozen=True, slots=True)
class Word:
    """A word that stands alone; its dots are its own."""

    literal: Literal


@dataclass(frozen=True, slots=True)
class Restriction:
    """``path operator value``, for example ``camera.make = "Canon"``.

    Attributes:
        path: names that were joined by dots, at least one.
        operator: how the field is compared.
        value: what it is compared with.

    """

    path: tuple[Literal, ...]
    operator: Operator
    value: Literal


@dataclass(frozen=True, slots=True)
class Call:
    """``name(argument, ...)``.

    Attributes:
        name: of the function.
        arguments: in their order.
        position: of the name's first character in the filter, counted from 1.

    """

    name: str
    arguments: tuple[Literal, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Negation:
    """``NOT expression``."""

    operand: "Expression"


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Expressions that all hold."""

    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Expressions of which one holds."""

    operands: tuple["Expression", ...]


Expression = Word | Restriction | Call | Negation | Conjunction | Disjunction
