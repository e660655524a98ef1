from datetime import datetime

import pytest

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
from services.catalog.expressions.image_filter import image_condition
from services.catalog.expressions.syntax import Operator
from services.common.errors import InvalidArgumentError, Reason

ANN = Reference(None, ("Ann",))
BOB = Reference(None, ("Bob",))
A, B, C = Mentioned("a"), Mentioned("b"), Mentioned("c")


def resource(collection: str, name: str) -> str:
    library, own, found, child = name.split("/")
    if (library, own, found) != ("libraries", "own", collection):
        raise InvalidArgumentError(Reason.RESOURCE_NAME_INVALID, f"{name} is none.", field="filter")
    return child


def taken(operator: Operator, *time: int) -> Compared:
    return Compared(NumberField.CAPTURE_TIME, operator, datetime(*time))  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("", None),
        (" \t\n", None),
        # What is joined how.
        ("a b", AllOf((A, B))),
        ("a AND b", AllOf((A, B))),
        ("a b OR c", AllOf((A, AnyOf((B, C))))),
        ("a AND b OR c", AllOf((A, AnyOf((B, C))))),
        ("(a AND b) OR c", AnyOf((AllOf((A, B)), C))),
        ("NOT a", Not(A)),
        ("-a", Not(A)),
        ("NOT (a OR b) c", AllOf((Not(AnyOf((A, B))), C))),
        ("((a))", A),
        ("(" * 500 + "a" + ")" * 500, A),
        ("'" + "(" * 50 + "'", Mentioned("(" * 50)),
        # What is a keyword only by itself.
        ("ANDREW", Mentioned("ANDREW")),
        ("'AND'", Mentioned("AND")),
        ("'a b'", Mentioned("a b")),
        (r'"a\"b\\c"', Mentioned('a"b\\c')),
        ("O'Brien", Mentioned("O'Brien")),
        ("'favorite'", Mentioned("favorite")),
        ("IMG_1.jpg", Mentioned("IMG_1.jpg")),
        # Things, people and albums.
        ("objects:dog", Seen("dog")),
        ("labels:dog", Seen("dog")),
        ("objects:*", Seen(None)),
        ("objects:'*'", Seen("*")),
        ("objects.dog:*", Seen("dog")),
        ("objects.'cell phone' >= 0.8", Seen("cell phone", Operator.AT_LEAST, 0.8)),
        ("people:Ann", Shown(ANN)),
        ("people:A*n", Shown(Reference(None, ("A", "n")))),
        ("people:libraries/own/people/x7", Shown(Reference("x7"))),
        ("people:*", Shown(None)),
        ("alone(Ann, 'Bob')", ShownAlone((ANN, BOB))),
        ("albums:libraries/own/albums/x7", Collected(Reference("x7"))),
        ("albums:*", Collected(None)),
        # Numbers and truths.
        ("rating >= 3", Compared(NumberField.RATING, Operator.AT_LEAST, 3)),
        ("size_bytes<1.5e6", Compared(NumberField.SIZE_BYTES, Operator.LESS, 1.5e6)),
        ("width != -5", Compared(NumberField.WIDTH, Operator.NOT_EQUAL, -5)),
        ("favorite = TRUE", Compared(NumberField.FAVORITE, Operator.EQUAL, value=True)),
        ("rating:*", Present(NumberField.RATING)),
        # Times: a whole year, month, day, minute or second.
        ("capture_time = 2024", AllOf((taken(Operator.AT_LEAST, 2024, 1, 1), taken(Operator.LESS, 2025, 1, 1)))),
        ("capture_time != 2024-12", AnyOf((taken(Operator.LESS, 2024, 12, 1), taken(Operator.AT_LEAST, 2025, 1, 1)))),
        ("capture_time < 2024-05-01", taken(Operator.LESS, 2024, 5, 1)),
        ("capture_time <= 2024-05-01", taken(Operator.LESS, 2024, 5, 2)),
        ("capture_time > 2024-05-01T10:59", taken(Operator.AT_LEAST, 2024, 5, 1, 11, 0)),
        ("capture_time >= '2024-05-01T10:30:15.25'", taken(Operator.AT_LEAST, 2024, 5, 1, 10, 30, 15, 250_000)),
        (
            "create_time >= 2024-05-01T10:00+02:00",
            Compared(NumberField.CREATE_TIME, Operator.AT_LEAST, datetime(2024, 5, 1, 8)),  # noqa: DTZ001
        ),
        ("capture_time <= 9999", taken(Operator.LESS, 9999, 12, 31, 23, 59, 59, 999_999)),
        ("capture_time > 9999-12-31", taken(Operator.AT_LEAST, 9999, 12, 31, 23, 59, 59, 999_999)),
        # Places.
        ("within(-33, 150, -32.5, 151)", Within(-33, 150, -32.5, 151)),
        ("within(1, 170, 2, -170)", Within(1, 170, 2, -170)),
        ("location:*", Located()),
        # Texts.
        ("file_name = IMG_*.jpg", Written(TextField.FILE_NAME, ("IMG_", ".jpg"))),
        ("file_name:beach", Written(TextField.FILE_NAME, ("", "beach", ""))),
        ("source_uri:photos", Written(TextField.SOURCE_URI, ("", "photos", ""))),
        ("source_uri:'/trip one/'", Written(TextField.SOURCE_URI, ("", "/trip%20one/", ""))),
        ("source_uri = 'file:///*/é%20.jpg'", Written(TextField.SOURCE_URI, ("file:///", "/%C3%A9%20.jpg"))),
        (
            "source_uri != 'a (1)'",
            Not(
                AnyOf(
                    (
                        Written(TextField.SOURCE_URI, ("a%20(1)",)),
                        Written(TextField.SOURCE_URI, ("a%20%281%29",)),
                    )
                )
            ),
        ),
        ("camera.make != canon", Not(Written(TextField.CAMERA_MAKE, ("canon",)))),
        ("tags:summer", Written(TextField.TAG, ("summer",))),
        ("description:*", Present(TextField.DESCRIPTION)),
    ],
)
def test_what_filters_mean(text: str, meaning: Condition | None) -> None:
    assert image_condition(text, resource) == meaning


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        # Not of the language.
        ("a = ", 5, "ends where a value should follow"),
        ("a AND", 6, "ends where a condition should follow"),
        ("(a", 3, "ends where ')' should follow"),
        ("a)", 2, ") stands where a condition should"),
        ("= 3", 1, "= stands where a condition should"),
        ("a = (b)", 5, "( stands where a value should"),
        ("a AND AND b", 7, "AND stands where a condition should"),
        ("ab 'c", 4, "quote is not closed"),
        ("f(g(x))", 4, "( stands where"),
        ("- a", 1, "- stands where"),
        ("a, b", 2, ", stands where"),
        ("\\", 1, "stands where a condition should"),
        # Fields and functions that there are not.
        ("a rathing > 3", 3, "no field rathing; perhaps rating is meant"),
        ("qqq = 3", 1, "no field qqq; there are objects, labels, people"),
        ("near(1, 2)", 1, "no function near; there are within, alone"),
        ("camera = x", 1, "no field camera; perhaps camera.make is meant"),
        ("person:Ann", 1, "no field person; perhaps people is meant"),
        ("year = 2024", 1, "no field year; perhaps capture_time is meant"),
        ("a -favorite", 4, "favorite is a field"),
        ("*", 1, "at least one letter"),
        # Values that the field can't have.
        ("rating > many", 10, "many is no number"),
        ("rating > nan", 10, "nan is no number"),
        ("rating > 1_0", 10, "1_0 is no number"),
        ("rating > ٣", 10, "٣ is no number"),
        ("rating:3", 8, "compare it by"),
        ("favorite = 1", 12, "1 is neither true nor false"),
        ("favorite > true", 12, "compare it by = or !="),
        ("file_name < b", 13, "file_name is text"),
        ("objects = dog", 11, "ask by objects:"),
        ("objects.dog = 8", 15, "from 0 to 1, not 8"),
        ("objects.dog:8", 13, "compared by"),
        ("people = Ann", 10, "ask by people:"),
        ("people:''", 8, "An empty name means nobody"),
        ("people:libraries/other/people/x7", 8, "is none"),
        ("people:libraries/own/albums/x7", 8, "is none"),
        ("capture_time = soon", 16, "soon is no time"),
        ("capture_time = 2024-02-30", 16, "no such time as 2024-02-30"),
        ("capture_time = 0000", 16, "no such time as 0000"),
        ("capture_time > 2024-05-01T10:00Z", 16, "write it without an offset"),
        ("create_time > 0001-01-01T00:00+09:00", 15, "no such time"),
        ("within(1, 2, 3)", 1, "needs four numbers"),
        ("within(1, 200, 3, 4)", 11, "200 is beyond 180 degrees"),
        ("within(3, 2, 1, 4)", 1, "south is above the north"),
        ("within(a, 2, 1, 4)", 8, "a is no number"),
        ("alone()", 1, "needs a person"),
        ("location = 3", 12, "location:*"),
        # Bounds.
        ("-(" * 20 + "a" + ")" * 20, 1, "deeper than the limit of 20"),
        ("'\"' " + "-(" * 1_000 + "a" + ")" * 1_000 + " '\"'", 1, "deeper than the limit of 20"),
        ("alone(" + ", ".join("a" * 101) + ")", 1, "101 conditions are more than the limit of 100"),
        (" OR ".join("a" * 101), 1, "101 conditions are more than the limit of 100"),
    ],
)
def test_what_is_no_filter_says_where(text: str, position: int, message: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        image_condition(text, resource)
    assert (caught.value.position, message in caught.value.message) == (position, True), caught.value.message
