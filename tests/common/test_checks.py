import pytest

from services.common.checks import Checks
from services.common.errors import InvalidArgumentError, Reason, Violation


def parse(text: str, *, field: str) -> int:
    if not text.isdigit():
        raise InvalidArgumentError(
            Reason.FEATURE_INVALID, f"{text} is no number.", field=field, metadata={"value": text}
        )
    return int(text)


def below(value: int, limit: int, *, field: str) -> int:
    if value >= limit:
        raise InvalidArgumentError(Reason.PARAMETER_OUT_OF_RANGE, f"{value} is too large.", field=field)
    return value


def test_values_pass_through() -> None:
    checks = Checks()
    assert checks.run(below, checks.run(parse, "3", field="a"), 5, field="a") == 3
    checks.done()


def test_all_that_is_wrong_is_told_at_once() -> None:
    checks = Checks()
    checks.run(parse, "one", field="a")
    checks.run(parse, "2", field="b")
    checks.run(parse, "three", field="c")
    with pytest.raises(InvalidArgumentError, match=r"^one is no number\.$") as caught:
        checks.done()
    assert caught.value.reason is Reason.FEATURE_INVALID
    assert caught.value.metadata == {"value": "one"}
    assert caught.value.violations == (
        Violation(Reason.FEATURE_INVALID, "a", "one is no number.", {"value": "one"}),
        Violation(Reason.FEATURE_INVALID, "c", "three is no number.", {"value": "three"}),
    )


def test_a_check_that_needs_a_failed_value_is_skipped() -> None:
    checks = Checks()
    number = checks.run(parse, "x", field="a")
    checks.run(below, number, 5, field="a")
    with pytest.raises(InvalidArgumentError) as caught:
        checks.done()
    assert [violation.reason for violation in caught.value.violations] == [Reason.FEATURE_INVALID]


@pytest.mark.parametrize(("text", "failed"), [("3", False), ("three", True)])
def test_what_only_a_refusal_needs_can_be_left_out(text: str, *, failed: bool) -> None:
    checks = Checks()
    checks.run(parse, text, field="a")
    assert checks.failed is failed


def test_a_check_that_can_do_without_a_failed_value_is_run() -> None:
    def unlike(text: str, value: int | None, *, field: str) -> None:
        if value is None or text == str(value):
            raise InvalidArgumentError(Reason.PEOPLE_INVALID, f"{value}", field=field)

    checks = Checks()
    number = checks.run(parse, "3", field="a")
    checks.run(unlike, "4", checks.known(number), field="b")
    failed = checks.run(parse, "x", field="a")
    checks.run(unlike, "x", checks.known(failed), field="b")
    with pytest.raises(InvalidArgumentError) as caught:
        checks.done()
    assert [violation.field for violation in caught.value.violations] == ["a", "b"]


def test_checks_of_checks_keep_their_violations() -> None:
    def inner() -> None:
        checks = Checks()
        checks.run(parse, "x", field="a")
        checks.run(parse, "y", field="b")
        checks.done()

    outer = Checks()
    outer.run(inner)
    with pytest.raises(InvalidArgumentError) as caught:
        outer.done()
    assert [violation.field for violation in caught.value.violations] == ["a", "b"]
