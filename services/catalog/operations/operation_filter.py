"""Which operations a list holds: a filter in words, of a few fields."""

from collections.abc import Callable
from typing import Final

from services.catalog.expressions import values
from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.parser import parse
from services.catalog.expressions.syntax import (
    Conjunction,
    Disjunction,
    Expression,
    Literal,
    Negation,
    Operator,
    Restriction,
)
from services.catalog.operations.operation import Operation, OperationState
from services.common.excerpt import excerpt

Accepts = Callable[[Operation], bool]

_STATES: Final = tuple(str(state) for state in OperationState)
_EQUAL: Final = (Operator.EQUAL, Operator.HAS)


def operation_filter(text: str) -> Accepts:
    """Return what says whether an operation meets a filter.

    Raises:
        ExpressionError: it is no filter, or none of operations.

    """
    expression = parse(text)
    return _anything if expression is None else _condition(expression)


def _anything(_: Operation) -> bool:
    return True


def _condition(expression: Expression) -> Accepts:
    match expression:
        case Conjunction(operands):
            every = [_condition(operand) for operand in operands]
            return lambda one: all(accepts(one) for accepts in every)
        case Disjunction(operands):
            some = [_condition(operand) for operand in operands]
            return lambda one: any(accepts(one) for accepts in some)
        case Negation(operand):
            refused = _condition(operand)
            return lambda one: not refused(one)
        case Restriction((field,), operator, value) if operator in (*_EQUAL, Operator.NOT_EQUAL):
            equal = _equal(field, value)
            return equal if operator in _EQUAL else lambda one: not equal(one)
    raise ExpressionError("Operations are found by done, state and kind, for example done = false", 1)


def _equal(field: Literal, value: Literal) -> Accepts:
    match field.text:
        case "done":
            done = values.boolean(value)
            return lambda one: one.done == done
        case "kind":
            return lambda one: one.kind == value.text
        case "state":
            state = value.text.lower()
            if state not in _STATES:
                known = ", ".join(_STATES)
                raise ExpressionError(f"{excerpt(value.text)!r} is no state; there are {known}", value.position)
            return lambda one: one.state == state
    raise ExpressionError(f"Operations have no {excerpt(field.text)!r} but done, state and kind", field.position)
