"""What makes it safe to send an edit again."""

import re
from dataclasses import dataclass
from typing import Final

from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt

# RFC 9562: the version is the first digit of the third group, the variant the first of the fourth.
_UUID4: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class EditRequest:
    """The request that an edit answers.

    Attributes:
        id: UUID of version 4 that the caller made up for it, lower-case; empty if there is none.
        digest: of everything else that was asked, so that an id can't be used for another request.

    """

    id: str = ""
    digest: str = ""

    @classmethod
    def checked(cls, request_id: str, digest: str) -> "EditRequest":
        """Return the request with an id as a caller sent it.

        Raises:
            InvalidArgumentError: REQUEST_ID_INVALID, the id is no UUID of version 4.

        """
        known = request_id.lower()
        if known and _UUID4.fullmatch(known) is None:
            raise InvalidArgumentError(
                Reason.REQUEST_ID_INVALID,
                f"{excerpt(request_id)!r} is no UUID of version 4. Make one up for each request, or leave it empty.",
                field="request_id",
            )
        return cls(known, digest)


def request_id_reused(request: EditRequest) -> InvalidArgumentError:
    """Return the error for an id that was used for another request."""
    return InvalidArgumentError(
        Reason.REQUEST_ID_REUSED,
        f"The request id {request.id} made another edit. Make a new one up for each edit; send the same one again only "
        "with the same request.",
        field="request_id",
    )
