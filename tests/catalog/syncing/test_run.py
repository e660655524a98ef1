"""What a sync makes of files that are new, changed, moved, gone and back."""

import pytest

from services.catalog.vocabulary import Source
from tests.catalog.syncing.folders import Place, rate, rating, sha256, write

A, B, C = b"photo a", b"photo b", b"photo c"


def test_what_is_new_is_indexed_once_and_what_is_known_is_not_opened(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "deep/er/b.png", B, 2)
    write(place.root / "deep/notes.txt", b"text", 3)
    write(place.root / ".hidden.jpg", C, 4)
    assert place.counts() == {"file": 2, "added": 2, "left_out": 1, "other": 1}
    assert sorted(place.feed.indexed) == [A, B]
    places = place.places()
    assert {path: found.image_sha256 for path, found in places.items()} == {
        "a.jpg": sha256(A),
        "deep/er/b.png": sha256(B),
    }
    assert (places["a.jpg"].file_name, places["a.jpg"].size_bytes) == ("a.jpg", len(A))
    (place.root / "a.jpg").chmod(0)
    assert place.counts() == {"file": 2, "unchanged": 2, "left_out": 1, "other": 1}
    assert len(place.feed.indexed) == 2


def test_a_neighbour_whose_name_begins_alike_is_no_part_of_it(place: Place) -> None:
    private = place.root.parent / "photos_private"
    other = Place(place.catalog, private)
    write(private / "a.jpg", A, 1)
    write(place.root / "b.jpg", B, 1)
    other.sync()
    place.sync()
    (private / "a.jpg").unlink()
    write(private / "c.jpg", C, 1)
    assert place.counts() == {"file": 1, "unchanged": 1}
    assert not other.missing()
    assert place.places().keys() == {"b.jpg"}


def test_a_file_that_was_touched_is_read_and_not_indexed_again(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    write(place.root / "a.jpg", A, 2)
    assert place.counts() == {"file": 1, "unchanged": 1}
    assert place.feed.indexed == [A]
    (place.root / "a.jpg").chmod(0)
    assert place.counts() == {"file": 1, "unchanged": 1}


def test_a_file_that_was_edited_takes_over_what_was_said(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    with place.library() as library:
        rate(library, A, 5)
    write(place.root / "a.jpg", B, 2)
    assert place.counts() == {"file": 1, "changed": 1}
    with place.library() as library:
        assert (rating(library, A), rating(library, B)) == (None, 5)


def test_a_folder_that_was_renamed_is_moved_with_all_that_was_said(place: Place) -> None:
    for number in range(20):
        write(place.root / f"2023/{number}.jpg", b"photo %d" % number, number)
    place.sync()
    with place.library() as library:
        rate(library, b"photo 7", 3)
    (place.root / "2023").rename(place.root / "2024")
    assert place.counts() == {"file": 20, "moved": 20}
    assert len(place.feed.indexed) == 20
    assert place.places().keys() == {f"2024/{number}.jpg" for number in range(20)}
    with place.library() as library:
        assert rating(library, b"photo 7") == 3


def test_of_two_new_files_with_the_same_bytes_the_second_is_known(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "copy.jpg", A, 2)
    assert place.counts() == {"file": 2, "added": 2, "known": 1}


def test_a_copy_is_another_place_and_no_move(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    write(place.root / "copy.jpg", A, 2)
    assert place.counts() == {"file": 2, "unchanged": 1, "added": 1, "known": 1}
    (place.root / "a.jpg").unlink()
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 1}
    assert place.missing() == {"a.jpg"}


@pytest.mark.parametrize("length", [2, 3, 7])
def test_files_that_changed_names_in_a_ring_lose_nothing(place: Place, length: int) -> None:
    contents = [b"photo %d" % number for number in range(length)]
    for number, content in enumerate(contents):
        write(place.root / f"{number}.jpg", content, number)
    place.sync()
    with place.library() as library:
        for number, content in enumerate(contents):
            rate(library, content, number % 5 + 1)
    for number in range(length):
        (place.root / f"{number}.jpg").rename(place.root / f"{number}.new")
    for number in range(length):
        (place.root / f"{number}.new").rename(place.root / f"{(number + 1) % length}.jpg")
    assert place.counts() == {"file": length, "changed": length}
    assert len(place.feed.indexed) == length
    with place.library() as library:
        assert [rating(library, content) for content in contents] == [number % 5 + 1 for number in range(length)]


def test_a_name_that_a_new_photo_took_over_is_not_the_end_of_the_old_one(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    with place.library() as library:
        rate(library, A, 4)
    (place.root / "a.jpg").rename(place.root / "b.jpg")
    write(place.root / "a.jpg", B, 2)
    assert place.counts() == {"file": 2, "changed": 1, "added": 1, "known": 1}
    with place.library() as library:
        assert (rating(library, A), rating(library, B)) == (4, 0)


def test_a_file_moved_over_another_one_leaves_its_place(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "b.jpg", B, 2)
    place.sync()
    (place.root / "a.jpg").rename(place.root / "b.jpg")
    assert place.counts() == {"file": 1, "changed": 1}
    assert {path: found.image_sha256 for path, found in place.places().items()} == {"b.jpg": sha256(A)}


def test_a_file_that_is_gone_is_missing_and_comes_back_with_what_was_said(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "b.jpg", B, 2)
    place.sync()
    with place.library() as library:
        rate(library, A, 2)
    (place.root / "a.jpg").rename(place.root.parent / "away.jpg")
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 1}
    since = place.places()["a.jpg"].missing_time
    assert since is not None
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 1}
    assert place.places()["a.jpg"].missing_time == since
    with place.library() as library:
        assert rating(library, A) == 2
        assert [found.uri for found in library.list_sources(missing_only=True, limit=9).items] == [
            place.folder.inside + "a.jpg"
        ]
    (place.root.parent / "away.jpg").rename(place.root / "a.jpg")
    assert place.counts() == {"file": 2, "unchanged": 2, "returned": 1}
    assert not place.missing()
    assert place.feed.indexed == [A, B]


def test_a_missing_file_that_is_found_elsewhere_was_moved(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "b.jpg", B, 2)
    place.sync()
    (place.root / "a.jpg").rename(place.root.parent / "away.jpg")
    place.sync()
    (place.root.parent / "away.jpg").rename(place.root / "c.jpg")
    assert place.counts() == {"file": 2, "unchanged": 1, "moved": 1}
    assert place.places().keys() == {"b.jpg", "c.jpg"}
    assert not place.missing()


def test_a_photo_in_the_trash_stays_there_while_its_file_does_and_when_it_moves(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    with place.library() as library:
        library.delete_image(sha256(A))
    assert place.counts() == {"file": 1, "unchanged": 1}
    (place.root / "a.jpg").rename(place.root / "b.jpg")
    assert place.counts() == {"file": 1, "moved": 1}
    with place.library() as library:
        image = library.find_image(sha256(A))
        assert image is not None
        assert image.delete_time is not None
    # Who copies it wants it.
    write(place.root / "c.jpg", A, 3)
    place.sync()
    with place.library() as library:
        image = library.find_image(sha256(A))
        assert image is not None
        assert image.delete_time is None


def test_what_is_left_out_from_now_on_stays_as_it_is(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    write(place.root / "in/b.jpg", B, 1)
    place.sync()
    (place.root / ".albumenignore").write_text("in/\n")
    (place.root / "in/b.jpg").unlink()
    (place.root / "a.jpg").unlink()
    write(place.root / "c.jpg", C, 1)
    assert place.counts() == {"file": 1, "added": 1, "missing": 1, "left_out": 2}
    assert place.missing() == {"a.jpg"}


def test_who_verifies_finds_what_size_and_time_hide(place: Place) -> None:
    write(place.root / "a.jpg", A, 1)
    place.sync()
    write(place.root / "a.jpg", B, 1)
    assert place.counts() == {"file": 1, "unchanged": 1}
    assert place.counts(verify=True) == {"file": 1, "changed": 1}


def test_a_place_in_another_spelling_is_not_taken_for_missing(place: Place) -> None:
    write(place.root / "c(1).jpg", A, 1)
    write(place.root / "b.jpg", B, 1)
    place.sync()
    with place.library() as library:
        # Parentheses need no escape; Albumen's own programs write them with one.
        library.add_source(sha256(A), Source(place.folder.inside + "c(1).jpg"))
    assert place.counts() == {"file": 2, "unchanged": 2}
    assert place.places().keys() == {"b.jpg", "c%281%29.jpg", "c(1).jpg"}
    assert not place.missing()
