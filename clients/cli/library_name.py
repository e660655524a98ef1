"""Libraries, as a person names them."""

from clients.cli import exit_codes
from clients.cli.advised import command
from clients.cli.failure import CommandError
from services.common.errors import InvalidArgumentError
from services.common.library_id import check_library_id


def library_id(library: str) -> str:
    """Return the id of what is named by its id or its resource name."""
    return library.removeprefix("libraries/")


def require_library(library: str) -> None:
    """Check that a library can be called so; of any other name, a catalog would say no more than that there is none.

    Raises:
        CommandError: it can't.

    """
    try:
        check_library_id(library_id(library))
    except InvalidArgumentError as error:
        raise CommandError(
            error.message,
            reason=str(error.reason),
            advice=f"`{command('library', 'list', library='')}` lists those that there are.",
            exit_code=exit_codes.WRONG_USE,
        ) from error
