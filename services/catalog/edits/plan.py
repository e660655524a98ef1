"""What an edit is going to do, before it is carried out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from services.catalog.people.correction import Correction
from services.catalog.people.roster import NOBODY
from services.catalog.person_statements import PersonStatements
from services.catalog.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Plan:
    """An edit to carry out; the rows of new people are inserted.

    Attributes:
        correction: what it says of faces and people; its `curated` people are those whom the edit is about.
        subject: number of the person that the answer shows, 0 for none.
        said: what users say of people from now on, by number; `whole` has what follows for their faces.
        trashed: faces in the trash -> number of the person whose they are from now on.
        rejected: faces that nobody is to see any more.
        accepted: faces that were rejected, and are not any more.
        drawn: faces that were not there before; their rows are inserted, nobody's.

    """

    correction: Correction
    subject: int = NOBODY
    said: Mapping[int, PersonStatements] = field(default_factory=dict)
    trashed: Mapping[int, int] = field(default_factory=dict)
    rejected: frozenset[int] = frozenset()
    accepted: frozenset[int] = frozenset()
    drawn: frozenset[int] = frozenset()

    @property
    def changes_nothing(self) -> bool:
        """Whether all is as it is to be already."""
        return self == Plan(Correction(), self.subject)

    @property
    def whole(self) -> Correction:
        """All that it says of faces and people."""
        return self.correction.about(self.said)


# Makes a plan within the transaction that will carry it out, from what the rows say at that moment.
Planner = Callable[[Transaction], Plan]
