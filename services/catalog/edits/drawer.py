"""Where users see a face, and the detector none."""

from collections.abc import Callable
from typing import Final

from services.catalog.drawn_faces import DrawnFaces
from services.catalog.edits.drawing import Canvas, check_canvas
from services.catalog.edits.plan import Plan
from services.catalog.edits.record import EditKind, EditOutcome
from services.catalog.edits.request import EditRequest
from services.catalog.edits.target import Target, ToAutomatic
from services.catalog.edits.writer import EditWriter
from services.catalog.not_found import person_not_found
from services.catalog.people.correction import Correction
from services.catalog.people.roster import NOBODY
from services.catalog.person_statements import PersonStatements
from services.catalog.storage.database import Database
from services.catalog.storage.people import read_person
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import DetectedFace

_NO_REQUEST: Final = EditRequest()
# Returns the number of the person whom a target means, and what is said of a new one.
Aim = Callable[[Transaction, Target], tuple[int, dict[int, PersonStatements]]]


class FaceDrawer:
    """Draws faces on images of one library; an edit, as those of `PeopleEditor`.

    Args:
        database: the library's file.
        writer: of edits.
        drawn: puts faces on images.
        library_id: for messages.
        aim: see above.

    """

    def __init__(self, database: Database, writer: EditWriter, drawn: DrawnFaces, library_id: str, aim: Aim) -> None:
        self._database = database
        self._writer = writer
        self._drawn = drawn
        self._library_id = library_id
        self._aim = aim

    def answered(self, request: EditRequest) -> EditOutcome | None:
        """Return the answer to a request that was carried out before; None if it was not.

        Raises:
            InvalidArgumentError: REQUEST_ID_REUSED.

        """
        return self._writer.answered(EditKind.DRAW, request)

    def check(self, canvas: Canvas, person_id: str | None) -> None:
        """Refuse what can't be drawn, or given to a person, before anybody looks at the photo; see `draw`."""
        with self._database.read() as cursor:
            check_canvas(cursor, self._library_id, canvas)
            if person_id is not None and read_person(cursor, person_id) is None:
                raise person_not_found(self._library_id, person_id)

    def draw(
        self,
        canvas: Canvas,
        seen: DetectedFace,
        space: str,
        target: Target,
        *,
        validate_only: bool = False,
        request: EditRequest = _NO_REQUEST,
    ) -> EditOutcome:
        """Draw a face, and say whose it is, or let clustering decide.

        Args:
            canvas: where it is.
            seen: what was seen there.
            space: that its embedding lives in.
            target: whose it is.
            validate_only: whether only to find out what would happen.
            request: that the edit answers.

        Raises:
            NotFoundError: IMAGE_NOT_FOUND or PERSON_NOT_FOUND.
            AlreadyExistsError: FACE_EXISTS.
            FailedPreconditionError: IMAGE_IN_TRASH or EMBEDDING_SPACE_MISMATCH.
            ResourceExhaustedError: IMAGE_FULL.

        """

        def plan(transaction: Transaction) -> Plan:
            ground = check_canvas(transaction.cursor, self._library_id, canvas)
            number, said = self._aim(transaction, target)
            face = self._drawn.put(transaction, ground, seen, space)
            pinned = not isinstance(target, ToAutomatic)
            curated = frozenset({number} - {NOBODY})
            correction = Correction(moves={face: number}, pinned=pinned, curated=curated)
            return Plan(correction, number, said, drawn=frozenset({face}))

        return self._writer.write(EditKind.DRAW, plan, request, validate_only=validate_only)
