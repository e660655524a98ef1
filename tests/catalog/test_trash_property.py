"""Whatever goes to the trash and comes back, in whatever order users say things of people meanwhile."""

from datetime import timedelta

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from services.catalog.clustering.dbscan import dbscan
from services.catalog.expressions.image_filter import image_condition
from services.catalog.filters import ImageFilter
from services.catalog.vocabulary import Source
from tests.catalog.clustering.synthetic import sha256
from tests.catalog.edits.test_edits_property import EditMachine

_PICK = st.integers(0, 60)
_TRASHED = ImageFilter(condition=image_condition("trashed = true", lambda _, name: name))
# Whose a face is, and whether a user put it there.
Owners = dict[int, tuple[str | None, bool]]


class TrashMachine(EditMachine):
    """The same user, who deletes photos and wants them back; `trashed` is a model of what is in the trash."""

    trash = timedelta(days=30)

    def __init__(self) -> None:
        super().__init__()
        self.trashed: dict[str, Owners] = {}
        # Photos whose faces nobody has said anything of since.
        self.calm: set[str] = set()

    @precondition(lambda self: len(self.photos) > 2)
    @rule(pick=_PICK)
    def delete(self, pick: int) -> None:
        photo = self.photos[pick % len(self.photos)]
        faces = self._faces()
        image = self.library.find_image(sha256(photo))
        assert image is not None
        super().delete(pick)
        self.trashed[photo] = {face.id: faces[face.id] for face in image.faces}
        self.calm.add(photo)

    @precondition(lambda self: self.trashed)
    @rule(pick=_PICK, again=st.booleans())
    def undelete(self, pick: int, again: bool) -> None:
        photo = sorted(self.trashed)[pick % len(self.trashed)]
        before, wanted, curated = self._names(), self.trashed.pop(photo), self._curated()
        if again:
            self.library.add_source(sha256(photo), Source(f"file:///{photo}.jpg", f"{photo}.jpg"))
        else:
            self.library.trash.undelete(sha256(photo))
        self.photos.append(photo)
        after = self._faces()
        assert before.items() <= self._names().items(), "a photo that came back took a name away"
        assert wanted.keys() - self.erased <= after.keys() | self._rejected(), "a face is lost"
        if photo in self.calm:
            for face, (person, pinned) in wanted.items():
                if pinned or person in curated:
                    assert after[face] == (person, pinned), "what users said is lost"
        self.quiet_since = None

    @precondition(lambda self: self.trashed)
    @rule(pick=_PICK)
    def purge(self, pick: int) -> None:
        photo = sorted(self.trashed)[pick % len(self.trashed)]
        before = self._state()
        assert self.library.trash.purge([sha256(photo)], validate_only=True) == 1
        assert self.library.trash.purge([sha256(photo)]) == 1
        del self.trashed[photo]
        assert self._state() == before
        assert self.library.find_image(sha256(photo)) is None

    @invariant()
    def lists_are_those_of_the_model(self) -> None:
        listed = {image.sha256 for image in self.library.list_images(limit=1000).items}
        assert listed == {sha256(photo) for photo in self.photos}
        trashed = {image.sha256 for image in self.library.list_images(_TRASHED, limit=1000).items}
        assert trashed == {sha256(photo) for photo in self.trashed}
        record = self.library.record()
        assert (record.image_count, record.trashed_count) == (len(self.photos), len(self.trashed))
        assert (record.face_count, record.person_count) == (len(self._faces()), len(self._people()))

    @invariant()
    def clusters_are_those_of_a_full_run(self) -> None:
        grouping = self.library._people.ensure_loaded()
        keys = sorted(self._faces())
        labels = grouping._clusters.labels()
        assert sorted(labels) == keys
        if keys:
            expected = dbscan(np.stack([self.embeddings[face] for face in keys]), 0.2, 2).tolist()
            assert [labels[face] for face in keys] == expected

    @invariant()
    def nobody_is_kept_without_a_face(self) -> None:
        with self.library._database.read() as cursor:
            rows = cursor.execute(
                "SELECT number FROM person WHERE number NOT IN (SELECT person FROM face) "
                "AND number NOT IN (SELECT person FROM trashed_face)"
            ).fetchall()
        assert rows == []

    def _curated(self) -> set[str]:
        with self.library._database.read() as cursor:
            return {person for (person,) in cursor.execute("SELECT id FROM person WHERE revision > 0").fetchall()}

    def _do(self, edit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - as it is there
        self.calm.clear()
        return super()._do(edit)

    @rule(pick=_PICK)
    def undo(self, pick: int) -> None:
        self.calm.clear()
        super().undo(pick)


TrashMachine.TestCase.settings = settings(max_examples=5, stateful_step_count=25, deadline=None)
TestTrash = TrashMachine.TestCase
