"""What users don't want to see: faces that are none, or that are nobody's business."""

from collections.abc import Collection
from typing import Final

from services.catalog.edits.bounds import EditBounds, checked_faces
from services.catalog.edits.face_owners import find_owners, givers
from services.catalog.edits.plan import Plan
from services.catalog.edits.record import EditKind, EditOutcome
from services.catalog.edits.request import EditRequest
from services.catalog.edits.writer import EditWriter
from services.catalog.not_found import face_not_found
from services.catalog.people.correction import Correction
from services.catalog.people.roster import NOBODY
from services.catalog.storage.face_owners import read_owners
from services.catalog.storage.rejected_faces import read_rejected
from services.catalog.storage.transaction import Transaction

_NO_REQUEST: Final = EditRequest()


class FaceRejecter:
    """Rejects faces of one library; both methods are edits, as those of `PeopleEditor`.

    Args:
        writer: of edits.
        library_id: for messages.
        bounds: of one edit.

    """

    def __init__(self, writer: EditWriter, library_id: str, bounds: EditBounds) -> None:
        self._writer = writer
        self._library_id = library_id
        self._bounds = bounds

    def reject(
        self, faces: Collection[int], *, validate_only: bool = False, request: EditRequest = _NO_REQUEST
    ) -> EditOutcome:
        """Put faces out of everybody's sight.

        Raises:
            InvalidArgumentError: FACES_EMPTY or TOO_MANY_FACES.
            NotFoundError: FACE_NOT_FOUND.

        """
        wanted = checked_faces(faces, self._bounds.faces)

        def plan(transaction: Transaction) -> Plan:
            owners = find_owners(transaction.cursor, self._library_id, wanted)
            losing = givers(transaction.cursor, owners.values())
            return Plan(Correction(curated=losing), rejected=wanted)

        return self._writer.write(EditKind.REJECT, plan, request, validate_only=validate_only)

    def accept(
        self, faces: Collection[int], *, validate_only: bool = False, request: EditRequest = _NO_REQUEST
    ) -> EditOutcome:
        """Take back that faces were rejected, and let clustering decide whose they are; others stay as they are.

        Raises:
            InvalidArgumentError: FACES_EMPTY or TOO_MANY_FACES.
            NotFoundError: FACE_NOT_FOUND.

        """
        wanted = checked_faces(faces, self._bounds.faces)

        def plan(transaction: Transaction) -> Plan:
            rejected = read_rejected(transaction.cursor, wanted)
            if missing := wanted - rejected.keys() - read_owners(transaction.cursor, wanted).keys():
                raise face_not_found(self._library_id, min(missing))
            if not rejected:
                return Plan(Correction())
            in_sight = [face for face, trashed in rejected.items() if not trashed]
            return Plan(Correction(moves=dict.fromkeys(in_sight, NOBODY), pinned=False), accepted=frozenset(rejected))

        return self._writer.write(EditKind.ACCEPT, plan, request, validate_only=validate_only)
