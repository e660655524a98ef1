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
    value of a check that failed is skipped, as it could only repeat what is known. No value may be used in any other
    way before `done` has returned, tuples included: unpack them afterwards.

    ```python
    checks = Checks()
    library = checks.run(parse_library, request.parent, field="parent")
    person = checks.run(parse_own, request.filter.person, "people", library, field="filter.person")
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

    def done(self) -> None:
        """Refuse the request if a check failed.

        Raises:
            InvalidArgumentError: has all violations, and the reason, message and metadata of the first.

        """
        if not self._violations:
            return
        first = self._violations[0]
        raise InvalidArgumentError(first.reason, first.message, violations=self._violations, metadata=first.metadata)
