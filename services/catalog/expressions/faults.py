"""What is wrong with a filter or an order, and where."""

from services.common.errors import InvalidArgumentError, Reason


class ExpressionError(Exception):
    """An expression can't be understood.

    Args:
        message: what is wrong, and what to write instead; a sentence without its end.
        position: of the first character at fault, counted from 1.

    """

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position

    def refusal(self, reason: Reason, field: str) -> InvalidArgumentError:
        """Return the error that a caller gets of the field."""
        return InvalidArgumentError(
            reason,
            f"Character {self.position}: {self.message}.",
            field=field,
            metadata={"position": str(self.position)},
        )
