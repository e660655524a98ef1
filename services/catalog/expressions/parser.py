"""Parses filters: the grammar of AIP-160 (https://google.aip.dev/160), without nested calls and composite values.

As there, OR binds closer than AND, and expressions side by side must all hold.
"""

import functools
import re
from typing import Final, cast

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken, v_args

from services.catalog.expressions.faults import ExpressionError
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
from services.common.excerpt import excerpt
from services.common.limits import MAX_FILTER_CONDITIONS, MAX_FILTER_DEPTH

_GRAMMAR: Final = r"""
    conjunction: sequence (_AND sequence)*
    sequence: disjunction+
    disjunction: _term (_OR _term)*
    _term: negation | _simple
    negation: (_NOT | _MINUS) _simple
    _simple: word | restriction | call | "(" conjunction ")"
    word: path
    restriction: path OPERATOR value
    value: literal ("." literal)*
    path: literal ("." literal)*
    call: CALL [literal ("," literal)*] ")"
    literal: STRING | TIME | NUMBER | TEXT

    _AND.4: /AND(?=[\s(]|$)/
    _OR.4: /OR(?=[\s(]|$)/
    _NOT.4: /NOT(?=[\s(]|$)/
    _MINUS: /-(?=\S)/
    CALL.3: /[A-Za-z_]\w*\(/
    OPERATOR: /[<>!]?=|[<>:]/
    STRING: /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/s
    TIME.3: /\d{4}-\d{2}(?:-\d{2}(?:[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})?)?)?(?=[\s(),]|$)/
    NUMBER.2: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s(),<>=!:]|$)/
    TEXT: /(?!(?:AND|OR|NOT)(?:[\s()]|$))[^\s"'(),.:<>=!\\-][^\s"(),.:<>=!\\]*/

    %ignore /\s+/
"""
_EXPECTED: Final = {
    "CALL": "a condition",
    "STRING": "a value",
    "OPERATOR": "an operator",
    "RPAR": "')'",
    "COMMA": "','",
}


def parse(text: str) -> Expression | None:
    """Return what a filter says; None if it is empty.

    Raises:
        ExpressionError: it is no filter, is nested deeper than MAX_FILTER_DEPTH or has more conditions than
            MAX_FILTER_CONDITIONS.

    """
    if not text.strip():
        return None
    try:
        # What the transformer makes of the tree.
        expression = cast("Expression", _parser().parse(text))
    except UnexpectedInput as error:
        raise _fault(text, error) from None
    _check_size(expression)
    return expression


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    """Makes the expression while it is parsed, so that no depth of the text becomes a depth of calls."""

    def conjunction(self, *operands: Expression) -> Expression:
        return _joined(Conjunction, operands)

    def sequence(self, *operands: Expression) -> Expression:
        return _joined(Conjunction, operands)

    def disjunction(self, *operands: Expression) -> Expression:
        return _joined(Disjunction, operands)

    def negation(self, operand: Expression) -> Expression:
        return Negation(operand)

    def word(self, path: tuple[Literal, ...]) -> Expression:
        return Word(_dotted(path))

    def restriction(self, path: tuple[Literal, ...], operator: Token, value: Literal) -> Expression:
        return Restriction(path, Operator(operator), value)

    def path(self, *names: Literal) -> tuple[Literal, ...]:
        return names

    def value(self, *parts: Literal) -> Literal:
        return _dotted(parts)

    def call(self, name: Token, *arguments: Literal | None) -> Expression:
        given = tuple(argument for argument in arguments if argument is not None)
        return Call(name[:-1], given, _position(name))

    def literal(self, token: Token) -> Literal:
        if token.type == "STRING":
            return Literal(
                re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL), quoted=True, position=_position(token)
            )
        return Literal(str(token), quoted=False, position=_position(token))


@functools.cache
def _parser() -> Lark:
    """Return the parser, made when it is first needed: that takes longer than some thousand filters."""
    return Lark(_GRAMMAR, parser="lalr", start="conjunction", transformer=_Builder())


def _joined(kind: type[Conjunction] | type[Disjunction], operands: tuple[Expression, ...]) -> Expression:
    if len(operands) == 1:
        return operands[0]
    return kind(tuple(inner for one in operands for inner in (one.operands if isinstance(one, kind) else (one,))))


def _dotted(parts: tuple[Literal, ...]) -> Literal:
    """Return one literal; the dots of a name without quotes, such as that of a file, are its own."""
    if len(parts) == 1:
        return parts[0]
    return Literal(".".join(part.text for part in parts), quoted=False, position=parts[0].position)


def _position(token: Token) -> int:
    return (token.start_pos or 0) + 1


def _check_size(expression: Expression) -> None:
    """Refuse what is too deep or too long, without a call for each depth."""
    left, count = [(expression, 1)], 0
    while left:
        one, depth = left.pop()
        if depth > MAX_FILTER_DEPTH:
            message = f"Conditions are nested deeper than the limit of {MAX_FILTER_DEPTH}"
            raise ExpressionError(message, 1)
        match one:
            case Conjunction(operands) | Disjunction(operands):
                left += [(operand, depth + 1) for operand in operands]
            case Negation(operand):
                left.append((operand, depth + 1))
            case Call(_, arguments):
                # Each is looked for by itself.
                count += max(len(arguments), 1)
            case _:
                count += 1
    if count > MAX_FILTER_CONDITIONS:
        message = f"{count:,} conditions are more than the limit of {MAX_FILTER_CONDITIONS}"
        raise ExpressionError(message, 1)


def _fault(text: str, error: UnexpectedInput) -> ExpressionError:
    """Return what is wrong in words."""
    at_end = isinstance(error, UnexpectedEOF) or (isinstance(error, UnexpectedToken) and error.token.type == "$END")
    if at_end:
        return ExpressionError(f"The filter ends where {_wanted(error)} should follow", len(text) + 1)
    position = error.pos_in_stream or 0
    if isinstance(error, UnexpectedCharacters) and text[position] in "\"'":
        return ExpressionError("This quote is not closed", position + 1)
    found = error.token if isinstance(error, UnexpectedToken) else text[position]
    return ExpressionError(f"{excerpt(str(found))} stands where {_wanted(error)} should", position + 1)


def _wanted(error: UnexpectedInput) -> str:
    """Return what could have followed."""
    expected = getattr(error, "accepts", None) or getattr(error, "expected", None) or getattr(error, "allowed", None)
    names = [words for name, words in _EXPECTED.items() if name in (expected or ())]
    # Whatever begins a condition begins with a value, too.
    return " or ".join(name for name in names if name != "a value" or names[0] == name) or "a condition"
