"""Finds everything that is wrong with a request, not only the first thing."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from services.common.errors import InvalidArgumentError, Violation

P = ParamSpec("P")
T = TypeVar("T")


class _Failed:
    """Stands for the value of a check that failed."""


class Checks:
    """Runs the checks of one request and refuses the request once, with all violations.

    A check is any function that returns the checked value or raises `InvalidArgumentError`. One that is given the
    value of a check that failed is skipped, as it could only repeat what is known; one that has something to say even
    without that value takes it through `known`. No value may be used in any other way before `done` has returned,
    tuples included: unpack them afterwards.

    ```python
    checks = Checks()
    library = checks.run(parse_library, request.parent, field="parent")
    person = checks.run(parse_own, request.filter.person, "people", checks.known(library), field="filter.person")
    limit = checks.run(page_size, request.page_size, 500)
    checks.done()
    ```

    """

    def __init__(self) -> None:
        self._violations: list[Violation] = []

    def run(self, check: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what `check` returns; a failure is kept for `done`."""
        if any(isinstance(value, _Failed) for value in (*args, *kwargs.values())):
            return cast("T", _Failed())
        try:
            return check(*args, **kwargs)
        except InvalidArgumentError as error:
            self._violations += error.violations or (Violation(error.reason, "", error.message, error.metadata),)
            return cast("T", _Failed())

    @property
    def failed(self) -> bool:
        """Whether a check failed, so that `done` will refuse the request."""
        return bool(self._violations)

    @staticmethod
    def known(value: T) -> T | None:
        """Return a value of `run`; None if its check failed."""
        return None if isinstance(value, _Failed) else value

    def done(self) -> None:
        """Refuse the request if a check failed.

        Raises:
            InvalidArgumentError: has all violations, the first of each field before the others of a repeated one, and
                the reason, message and metadata of the first.

        """
        if not self._violations:
            return
        # The status of a call has room for some of a thousand names, but none of them may take that of another field.
        of_fields: dict[str, list[Violation]] = {}
        for violation in self._violations:
            of_fields.setdefault(violation.field.partition("[")[0], []).append(violation)
        violations = [found[0] for found in of_fields.values()]
        violations += [other for found in of_fields.values() for other in found[1:]]
        first = violations[0]
        raise InvalidArgumentError(first.reason, first.message, violations=violations, metadata=first.metadata)
