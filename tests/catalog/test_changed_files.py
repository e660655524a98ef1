"""Files that change in place, move, or go: what a library keeps of them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.catalog.edits.target import ToNobody
from services.catalog.library import Library
from services.catalog.storage.transaction import Transaction
from services.catalog.vocabulary import Exif, Source
from services.common.errors import AbortedError, NotFoundError, Reason
from tests.catalog.changing import PLACE, add, person_of
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def test_a_file_edited_in_place_leaves_no_old_self(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    assert add(library, "after", direction(0.05), source=PLACE) == "before"
    assert library.find_image(sha256("before")) is None
    record = library.record()
    assert (record.image_count, record.face_count) == (1, 1)


def test_a_person_of_one_photo_outlives_its_edit_with_id_and_name(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    library.add_image(analysis("friend", direction(0.02), source="file:///friend.jpg"))
    person = person_of(library, "before")
    assert person is not None
    library.edits.update(person, display_name="Ann")
    library.delete_image(sha256("friend"))
    add(library, "after", direction(0.05), source=PLACE)
    (kept,) = library.list_people(limit=9).items
    assert (kept.id, kept.display_name, kept.face_count) == (person, "Ann", 1)
    assert person_of(library, "after") == person


def test_a_face_that_a_user_gave_to_nobody_stays_nobodys(library: Library) -> None:
    library.add_image(analysis("friend", direction(0), source="file:///friend.jpg"))
    add(library, "before", direction(0.02), source=PLACE)
    image = library.find_image(sha256("before"))
    assert image is not None
    library.edits.reassign([image.faces[0].id], ToNobody())
    add(library, "after", direction(0.03), source=PLACE)
    (face,) = [face for face in library.list_faces(limit=9).items if face.image_sha256 == sha256("after")]
    assert (face.person_id, face.pinned) == (None, True)


def test_a_face_that_is_not_in_the_new_bytes_takes_nothing_along(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    # Somebody else, at the same place of the photo.
    assert add(library, "after", direction(3), source=PLACE) == "before"
    (face,) = library.list_faces(limit=9).items
    assert (face.person_id, face.pinned) == (None, False)


def test_a_photo_whose_name_another_one_took_keeps_what_was_said_of_it(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    library.add_image(analysis("friend", direction(0.02), source="file:///friend.jpg"))
    person = person_of(library, "before")
    assert person is not None
    library.edits.update(person, display_name="Ann")
    library.delete_image(sha256("friend"))
    # The file was moved into another folder, which is indexed later.
    assert add(library, "after", direction(3), source=PLACE) is None
    assert person_of(library, "before") == person
    image, _ = library.add_source(sha256("before"), Source("file:///moved/ann.jpg", "ann.jpg"))
    assert image.source_uris == ("file:///moved/ann.jpg",)
    (kept,) = library.list_people(limit=9).items
    assert (kept.id, kept.display_name) == (person, "Ann")


def test_two_photos_of_one_person_that_swap_names_are_told_apart_by_their_times(library: Library) -> None:
    moments = [datetime(2024, 1, day, tzinfo=UTC).replace(tzinfo=None) for day in (1, 2)]
    photos = [
        replace(analysis(name, direction(0.05 * number), source=f"file:///{name}.jpg"), exif=Exif(moments[number]))
        for number, name in enumerate(("before", "between"))
    ]
    for photo in photos:
        library.add_image(photo)
    library.edits.reassign([face.id for face in library.list_faces(limit=9).items], ToNobody())
    for name, uri in (("before", "file:///between.jpg"), ("between", "file:///before.jpg")):
        assert library.add_source(sha256(name), Source(uri))[1] is None
    faces = {face.image_sha256: face.pinned for face in library.list_faces(limit=9).items}
    assert faces == {sha256("before"): True, sha256("between"): True}


def test_an_image_with_another_place_stays(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    library.add_source(sha256("before"), Source("file:///copy.jpg", "copy.jpg"))
    assert add(library, "after", direction(1), source=PLACE) is None
    before = library.find_image(sha256("before"))
    assert before is not None
    assert (before.source_uris, before.file_name) == (("file:///copy.jpg",), "copy.jpg")


def test_an_image_that_was_indexed_without_a_place_stays(library: Library) -> None:
    add(library, "before", direction(0), source="")
    library.add_source(sha256("before"), Source(PLACE))
    assert add(library, "after", direction(1), source=PLACE) is None
    assert library.forget_sources([PLACE]).deleted == (sha256("after"),)
    assert library.find_image(sha256("before")) is not None


def test_bytes_that_come_back_replace_what_was_between(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    library.add_source(sha256("before"), Source("file:///copy.jpg"))
    add(library, "between", direction(0.02), source=PLACE)
    image, replaced = library.add_source(sha256("before"), Source(PLACE))
    assert replaced == sha256("between")
    assert image.source_uris == ("file:///copy.jpg", PLACE)


def test_a_renamed_file_is_called_by_its_new_name(library: Library) -> None:
    add(library, "before", direction(0), source=PLACE)
    library.add_source(sha256("before"), Source("file:///photos/beach.jpg", "beach.jpg"))
    assert library.forget_sources([PLACE]).deleted == ()
    image = library.find_image(sha256("before"))
    assert image is not None
    assert (image.file_name, image.source_uris) == ("beach.jpg", ("file:///photos/beach.jpg",))


def test_forgotten_places_delete_only_images_that_have_no_other(library: Library) -> None:
    for name in ("a", "b"):
        library.add_image(analysis(name, direction(0), source=f"file:///{name}.jpg"))
    library.add_source(sha256("b"), Source("file:///copy.jpg"))
    uris = ["file:///a.jpg", "file:///b.jpg", "file:///unknown.jpg"]
    rehearsed = library.forget_sources(uris, validate_only=True)
    assert library.record().image_count == 2
    forgotten = library.forget_sources(uris)
    assert forgotten == rehearsed
    assert (forgotten.count, forgotten.deleted) == (2, (sha256("a"),))
    assert [source.uri for source in library.list_sources(limit=9).items] == ["file:///copy.jpg"]
    assert library.forget_sources(uris).count == 0


def test_places_are_listed_by_uri_with_what_is_known_of_the_file(library: Library) -> None:
    modified = datetime(2024, 5, 6, 7, 8, 9, 123456, tzinfo=UTC)
    for uri in ("file:///b/2", "file:///a/1", "file:///b/1", "file:///bb/1"):
        library.add_image(analysis("photo", source=uri))
    library.add_source(sha256("photo"), Source("file:///b/2", "two.jpg", modified))
    first = library.list_sources(uri_prefix="file:///b/", limit=1)
    second = library.list_sources(uri_prefix="file:///b/", after=first.next_key, limit=1)
    assert [source.uri for source in (*first.items, *second.items)] == ["file:///b/1", "file:///b/2"]
    assert second.next_key is None
    (two,) = second.items
    assert (two.file_name, two.modify_time, two.image_sha256, two.size_bytes) == (
        "two.jpg",
        modified,
        sha256("photo"),
        1000,
    )


def test_an_image_is_deleted_only_as_it_was_seen(library: Library) -> None:
    image = library.add_image(analysis("a", direction(0), source=PLACE)).image
    library.add_source(image.sha256, Source("file:///copy.jpg"))
    with pytest.raises(AbortedError) as caught:
        library.delete_image(image.sha256, etag=image.etag)
    assert caught.value.reason is Reason.ETAG_MISMATCH
    now = library.find_image(image.sha256)
    assert now is not None
    assert now.update_time > image.update_time
    library.delete_image(image.sha256, etag=now.etag)
    with pytest.raises(NotFoundError):
        library.delete_image(image.sha256, etag=now.etag)


class DiskFullError(Exception):
    """What the commit fails with."""


def test_a_replacement_that_fails_has_not_happened(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_transaction: Transaction) -> None:
        raise DiskFullError

    add(library, "before", direction(0), source=PLACE)
    library.add_image(analysis("friend", direction(0.02), source="file:///friend.jpg"))
    person = person_of(library, "before")
    assert person is not None
    library.edits.update(person, display_name="Ann")
    before = library.list_faces(limit=9), library.list_people(limit=9), library.list_sources(limit=9)
    with monkeypatch.context() as patch:
        patch.setattr(Transaction, "commit", fail)
        with pytest.raises(DiskFullError):
            add(library, "after", direction(0.05), source=PLACE)
    assert (library.list_faces(limit=9), library.list_people(limit=9), library.list_sources(limit=9)) == before
    assert add(library, "after", direction(0.05), source=PLACE) == "before"
    assert person_of(library, "after") == person
