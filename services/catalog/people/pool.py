"""The groups around a change, taken apart and put together again."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from services.catalog.clustering.incremental import IncrementalDbscan
from services.catalog.people.agglomeration import Units, agglomerate
from services.catalog.people.days import EVER
from services.catalog.people.evidence import Evidence
from services.catalog.people.group import Group, face_of, is_person
from services.catalog.people.part import Part, all_bars, evidence_for
from services.catalog.people.roster import NOBODY, Keys, Roster
from services.catalog.people.sums import PersonSums, Sum, SumTable

# All pairs of units are weighed again in every round: 96 take 2 ms, 256 take 18.
MAX_UNITS: Final = 96
_NOISE: Final = -1


class Pool:
    """Groups that may exchange faces: people, and faces without a person.

    A curated person stays whole, and so does one of more than 96 faces, which a few others can't talk out of existing.

    Args:
        clusters: the tight clusters, whose faces stay together unless one photo shows two of them.
        roster: who belongs to whom.
        sums: of the people's faces.
        evidence: decides who is whom.

    """

    def __init__(self, clusters: IncrementalDbscan, roster: Roster, sums: PersonSums, evidence: Evidence) -> None:
        self._clusters = clusters
        self._roster = roster
        self._sums = sums
        self._evidence = evidence
        self.groups: set[Group] = set()

    def part(self, group: Group) -> Part | None:
        """Return the clear faces of a group; None if there are none that may speak for it."""
        if not is_person(group):
            return self._part_of(np.array([face_of(group)]))
        clear = self._roster.clear_faces(group)
        if clear.size == 0:
            return None
        (total,) = self._sums.of_people([group])
        if group not in self._roster.curated:
            return Part(clear, self._roster.images(clear), total, first=self._first_day(clear))
        # Nothing but a user takes a curated person's blurred faces away; those of others make way for clear ones.
        images = self._roster.images(self._roster.faces(group))
        return Part(clear, images, total, group, birth=self._roster.birth(group))

    def parts(self) -> list[Part]:
        """Return the groups as the evidence has them now."""
        whole, loose = self._take_apart()
        births = sorted({part.birth for part in whole} - {EVER})
        whole, units = self._join_cluster_mates(whole, self._units(loose, births))
        units = whole + units
        if len(units) < 2:  # noqa: PLR2004
            return units
        sums = SumTable.of([unit.sum for unit in units])
        labels = agglomerate(Units(sums.totals, sums.counts, sums.hubness, all_bars(units)), self._evidence)
        parts: dict[int, list[Part]] = {}
        for label, unit in zip(labels.tolist(), units, strict=True):
            parts.setdefault(label, []).append(unit)
        return [first.joined(*others) if others else first for first, *others in parts.values()]

    def _take_apart(self) -> tuple[list[Part], Keys]:
        """Return the groups that stay whole, and the faces of the others, ascending."""
        whole: list[Part] = []
        uncurated: list[Part] = []
        for part in map(self.part, sorted(self.groups)):
            if part is not None:
                (uncurated if part.owner == NOBODY else whole).append(part)
        # The smallest first, so that as many groups as possible are judged anew within the bound.
        loose = [np.empty(0, np.int64)]
        count = 0
        for part in sorted(uncurated, key=lambda part: len(part.faces)):
            count += len(part.faces)
            if count > MAX_UNITS:
                whole.append(part)
            else:
                loose.append(part.faces)
        return whole, np.sort(np.concatenate(loose))

    def _units(self, faces: Keys, births: Sequence[int]) -> list[Part]:
        """Return `faces` as tight clusters; one that shows a photo twice falls into its faces.

        One with photos from before and after one of the `births`, ascending days, is two: who is too young for some of
        its faces may have the others.
        """
        clusters = self._clusters.clusters_of(faces)
        eras = np.searchsorted(np.array(births, np.int32), self._roster.days(faces), side="right")
        singles = faces[clusters == _NOISE]
        units: list[Part] = []
        for cluster, era in sorted({*zip(clusters.tolist(), eras.tolist(), strict=True)}):
            if cluster == _NOISE:
                continue
            unit = self._part_of(faces[(clusters == cluster) & (eras == era)])
            if unit.one_photo_twice:
                singles = np.append(singles, unit.faces)
            else:
                units.append(unit)
        images, days = self._roster.images(singles), self._roster.days(singles).tolist()
        each = self._sums.of_each(singles)
        for position, (total, crowd) in enumerate(zip(each.totals, each.hubness.tolist(), strict=True)):
            one = slice(position, position + 1)
            units.append(Part(singles[one], images[one], Sum(1, total, crowd), first=days[position]))
        return sorted(units, key=lambda unit: int(unit.faces[0]))

    def _join_cluster_mates(self, whole: list[Part], units: list[Part]) -> tuple[list[Part], list[Part]]:
        """Put units into the whole group that shares their tight cluster, whatever the evidence."""
        if not whole:
            return whole, units
        left = []
        for unit in units:
            mates = [position for position in self._cluster_mates(unit, whole) if not whole[position].bars(unit)]
            if mates:
                found = evidence_for(unit.sum, SumTable.of([whole[position].sum for position in mates]), self._evidence)
                best = mates[int(found.argmax())]
                whole[best] = whole[best].joined(unit)
            else:
                left.append(unit)
        return whole, left

    def _cluster_mates(self, unit: Part, whole: list[Part]) -> Iterable[int]:
        """Return the positions of the whole groups that have a face in the tight cluster of `unit`."""
        cluster = self._clusters.cluster(int(unit.faces[0]))
        if cluster == _NOISE:
            return ()
        members = self._clusters.members(cluster)
        return [position for position, part in enumerate(whole) if np.isin(members, part.faces).any()]

    def _part_of(self, faces: Keys) -> Part:
        return Part(faces, self._roster.images(faces), self._sums.of_faces(faces), first=self._first_day(faces))

    def _first_day(self, faces: Keys) -> int:
        return int(self._roster.days(faces).min())


def heirs(parts: list[Part], roster: Roster) -> list[int]:
    """Return the person that each part goes on as; NOBODY for those that are nobody's heir.

    A curated person is its part's. Any other goes on as the part that most of its faces are in, of equal parts the one
    with the oldest face; where two people end in one part, the one with more faces there goes on, of equal ones the
    older.
    """
    people = [part.owner for part in parts]
    shares: list[tuple[int, int, int, int]] = []
    for position, part in enumerate(parts):
        if part.owner == NOBODY and len(part.faces) > 1:
            for person, count in Counter(roster.owners_of(part.faces).tolist()).items():
                shares.append((-count, person, int(part.faces[0]), position))
    taken = set(people)
    for _, person, _, position in sorted(shares):
        if person != NOBODY and person not in taken and people[position] == NOBODY:
            people[position] = person
            taken.add(person)
    return people
