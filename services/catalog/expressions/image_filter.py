"""The fields and functions that filters of images know, and what they mean."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, Protocol
from urllib.parse import quote

from services.catalog.expressions import values
from services.catalog.expressions.conditions import (
    AllOf,
    AnyOf,
    Collected,
    Compared,
    Condition,
    Located,
    Mentioned,
    Not,
    NumberField,
    Present,
    Reference,
    Seen,
    Shown,
    ShownAlone,
    TextField,
    Within,
    Written,
)
from services.catalog.expressions.faults import ExpressionError
from services.catalog.expressions.parser import parse
from services.catalog.expressions.syntax import (
    Call,
    Conjunction,
    Disjunction,
    Expression,
    Literal,
    Negation,
    Operator,
    Restriction,
    Word,
)
from services.common.errors import InvalidArgumentError
from services.common.excerpt import excerpt

_TIMES: Final = {NumberField.CAPTURE_TIME: False, NumberField.CREATE_TIME: True}
_TEXTS: Final = {field.value: field for field in TextField}
_BOOLEANS: Final = {NumberField.FAVORITE, NumberField.TRASHED}
_NUMBERS: Final = {field.value: field for field in NumberField}
_MAX_LATITUDE: Final = 90
_MAX_LONGITUDE: Final = 180
_BOX: Final = 4
_ANYTHING: Final = "*"
# What stands in a URI as it is, and of that what nobody percent-encodes; * is the wildcard.
_IN_A_URI: Final = "/:%*?#[]@!$&'()+,;="
_KEPT_IN_A_URI: Final = "/:%*"
# What people try first, and letters alone would not lead to the field.
_OTHER_WORDS: Final = {
    "person": "people",
    "face": "face_count",
    "faces": "face_count",
    "name": "file_name",
    "path": "source_uri",
    "folder": "source_uri",
    "date": "capture_time",
    "time": "capture_time",
    "taken": "capture_time",
    "year": "capture_time",
    "place": "location",
    "type": "mime_type",
    "stars": "rating",
}


class Resources(Protocol):
    """Tells which resource a name means."""

    def __call__(self, collection: str, name: str) -> str:
        """Return the id of a resource of ``people`` or ``albums``.

        Raises:
            InvalidArgumentError: it is no name of this collection, or of another library.

        """
        ...


def image_condition(text: str, resources: Resources) -> Condition | None:
    """Return what a filter of images asks for; None if it is empty.

    Raises:
        ExpressionError: it can't be parsed, or asks for a field, a function or a value that there is not.

    """
    expression = parse(text)
    return None if expression is None else _Meaning(resources).of(expression)


class _Meaning:
    """What the parts of one filter mean."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._fields: Mapping[str, Callable[[Operator, Literal], Condition]] = {
            "objects": self._object,
            "labels": self._object,
            "people": self._person,
            "albums": self._album,
            "location": self._location,
            **{name: self._text_of(field) for name, field in _TEXTS.items()},
            **{name: self._number_of(field) for name, field in _NUMBERS.items()},
        }

    def of(self, expression: Expression) -> Condition:
        match expression:
            case Conjunction(operands):
                return AllOf(tuple(self.of(operand) for operand in operands))
            case Disjunction(operands):
                return AnyOf(tuple(self.of(operand) for operand in operands))
            case Negation(operand):
                return Not(self.of(operand))
            case Call():
                return self._call(expression)
            case Word(literal):
                return self._word(literal)
            case Restriction(path, operator, value):
                return self._restriction(path, operator, value)

    def _word(self, literal: Literal) -> Condition:
        if not literal.quoted and literal.text in self._fields:
            message = f"{literal.text} is a field: compare it with a value, or quote it as a word to search for"
            raise ExpressionError(message, literal.position)
        if not literal.text.strip("* "):
            message = "A word to search for has at least one letter"
            raise ExpressionError(message, literal.position)
        return Mentioned(literal.text)

    def _restriction(self, path: tuple[Literal, ...], operator: Operator, value: Literal) -> Condition:
        first, *others = path
        if first.text in {"objects", "labels"} and len(others) == 1:
            return _scored(others[0].text, operator, value)
        name = ".".join(part.text for part in path)
        meaning = self._fields.get(name)
        if meaning is None:
            raise _unknown("field", name, self._fields, first.position)
        return meaning(operator, value)

    def _call(self, call: Call) -> Condition:
        match call.name:
            case "within":
                return _within(call)
            case "alone":
                if not call.arguments:
                    message = "alone() needs a person, for example alone('Ann')"
                    raise ExpressionError(message, call.position)
                return ShownAlone(tuple(self._reference("people", argument) for argument in call.arguments))
            case name:
                raise _unknown("function", name, ("within", "alone"), call.position)

    def _object(self, operator: Operator, value: Literal) -> Condition:
        _only_has("objects", operator, value)
        return Seen(None if _is_anything(value) else value.text)

    def _person(self, operator: Operator, value: Literal) -> Condition:
        _only_has("people", operator, value)
        return Shown(None if _is_anything(value) else self._reference("people", value))

    def _album(self, operator: Operator, value: Literal) -> Condition:
        _only_has("albums", operator, value)
        return Collected(None if _is_anything(value) else self._reference("albums", value))

    def _location(self, operator: Operator, value: Literal) -> Condition:
        if operator is not Operator.HAS or not _is_anything(value):
            message = "location can only be asked for as location:*; a box is within(south, west, north, east)"
            raise ExpressionError(message, value.position)
        return Located()

    def _reference(self, collection: str, value: Literal) -> Reference:
        if not value.text:
            message = f"An empty name means nobody; {collection}:* means any"
            raise ExpressionError(message, value.position)
        if not value.text.startswith("libraries/"):
            return Reference(None, values.pattern(value))
        try:
            return Reference(self._resources(collection, value.text))
        except InvalidArgumentError as error:
            raise ExpressionError(error.message.rstrip("."), value.position) from None

    def _text_of(self, field: TextField) -> Callable[[Operator, Literal], Condition]:
        def condition(operator: Operator, value: Literal) -> Condition:
            if operator is Operator.HAS and _is_anything(value):
                return Present(field)
            if field is TextField.SOURCE_URI and operator in {Operator.HAS, Operator.EQUAL, Operator.NOT_EQUAL}:
                return _placed(operator, value)
            if operator is Operator.HAS:
                # A tag is one of several values, and a text holds another.
                tag = field is TextField.TAG
                return Written(field, values.pattern(value) if tag else ("", *values.pattern(value), ""))
            if operator is Operator.EQUAL:
                return Written(field, values.pattern(value))
            if operator is Operator.NOT_EQUAL:
                return Not(Written(field, values.pattern(value)))
            message = f"{field.value} is text: compare it by =, != or :"
            raise ExpressionError(message, value.position)

        return condition

    def _number_of(self, field: NumberField) -> Callable[[Operator, Literal], Condition]:
        def condition(operator: Operator, value: Literal) -> Condition:
            if operator is Operator.HAS:
                if _is_anything(value):
                    return Present(field)
                message = f"{field.value} can't hold a value: compare it by =, !=, <, <=, > or >="
                raise ExpressionError(message, value.position)
            if field in _TIMES:
                return _timed(field, operator, value)
            if field in _BOOLEANS:
                if operator not in {Operator.EQUAL, Operator.NOT_EQUAL}:
                    message = f"{field.value} is true or false: compare it by = or !="
                    raise ExpressionError(message, value.position)
                return Compared(field, operator, values.boolean(value))
            return Compared(field, operator, values.number(value))

        return condition


def _placed(operator: Operator, value: Literal) -> Condition:
    """Return the comparison with a URI, whose letters may be written as people read them: ``/trip one/``.

    No URI has a space, or a letter beyond ASCII, as such. Of what it may have, such as parentheses, some who make one
    percent-encode more than others do.
    """
    encoded = dict.fromkeys(quote(value.text, safe=safe) for safe in (_IN_A_URI, _KEPT_IN_A_URI))
    parts = (values.pattern(replace(value, text=text)) for text in encoded)
    written = [Written(TextField.SOURCE_URI, ("", *part, "") if operator is Operator.HAS else part) for part in parts]
    found = written[0] if len(written) == 1 else AnyOf(tuple(written))
    return Not(found) if operator is Operator.NOT_EQUAL else found


def _timed(field: NumberField, operator: Operator, value: Literal) -> Condition:
    """Return the comparison with all of a year, a month, a day ..."""
    start, end = values.moment(value, zoned=_TIMES[field])
    within = AllOf((Compared(field, Operator.AT_LEAST, start), Compared(field, Operator.LESS, end)))
    match operator:
        case Operator.EQUAL:
            return within
        case Operator.NOT_EQUAL:
            return AnyOf((Compared(field, Operator.LESS, start), Compared(field, Operator.AT_LEAST, end)))
        case Operator.LESS:
            return Compared(field, Operator.LESS, start)
        case Operator.AT_MOST:
            return Compared(field, Operator.LESS, end)
        case Operator.GREATER:
            return Compared(field, Operator.AT_LEAST, end)
        case _:
            return Compared(field, Operator.AT_LEAST, start)


def _scored(label: str, operator: Operator, value: Literal) -> Condition:
    if operator is Operator.HAS and _is_anything(value):
        return Seen(label)
    if operator is Operator.HAS:
        message = "A score is compared by =, !=, <, <=, > or >="
        raise ExpressionError(message, value.position)
    score = values.number(value)
    if not 0 <= score <= 1:
        message = f"A score is a number from 0 to 1, not {excerpt(value.text)}"
        raise ExpressionError(message, value.position)
    return Seen(label, operator, score)


def _within(call: Call) -> Condition:
    if len(call.arguments) != _BOX:
        message = "within() needs four numbers of degrees: within(south, west, north, east)"
        raise ExpressionError(message, call.position)
    degrees = [values.number(argument) for argument in call.arguments]
    for argument, found, most in zip(call.arguments, degrees, (_MAX_LATITUDE, _MAX_LONGITUDE) * 2, strict=True):
        if abs(found) > most:
            message = f"{excerpt(argument.text)} is beyond {most} degrees"
            raise ExpressionError(message, argument.position)
    south, west, north, east = degrees
    if south > north:
        message = "The south is above the north: within(south, west, north, east)"
        raise ExpressionError(message, call.position)
    return Within(south, west, north, east)


def _only_has(name: str, operator: Operator, value: Literal) -> None:
    if operator is not Operator.HAS:
        message = f"{name} holds several: ask by {name}:, for example {name}:{excerpt(value.text)}"
        raise ExpressionError(message, value.position)


def _is_anything(value: Literal) -> bool:
    return value.text == _ANYTHING and not value.quoted


def _unknown(what: str, name: str, known: Mapping[str, object] | tuple[str, ...], position: int) -> ExpressionError:
    near = [_OTHER_WORDS[name]] if name in _OTHER_WORDS else difflib.get_close_matches(name, known, n=1)
    advice = f"perhaps {near[0]} is meant" if near else f"there are {', '.join(known)}"
    return ExpressionError(f"There is no {what} {excerpt(name)}; {advice}", position)
