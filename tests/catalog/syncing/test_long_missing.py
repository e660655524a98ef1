"""What becomes of photos whose files are missing for long."""

from datetime import timedelta
from pathlib import Path

from services.catalog.catalog import Catalog
from tests.catalog.syncing.folders import Place, rate, sha256, write

A, B, C = b"photo a", b"photo b", b"photo c"


def test_long_missing_photos_go_to_the_trash_if_that_is_wanted(catalog: Catalog, tmp_path: Path) -> None:
    place = Place(catalog, tmp_path / "photos", trash_missing_days=7)
    for name, content in (("a.jpg", A), ("usb/b.jpg", B), ("c.jpg", C)):
        write(place.root / name, content, 1)
    place.sync()
    with place.library() as library:
        rate(library, A, 5)
    (place.root / "a.jpg").rename(tmp_path / "a.jpg")
    (place.root / "usb/b.jpg").unlink()
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 2}
    _age(place, timedelta(days=6))
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 2}
    _age(place, timedelta(days=2))
    # Its folder is there and empty, as one is on which no drive is mounted.
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 1, "trashed": 1}
    assert place.places().keys() == {"c.jpg", "usb/b.jpg"}
    with place.library() as library:
        image = library.find_image(sha256(A))
        assert image is not None
        assert image.delete_time is not None
    (tmp_path / "a.jpg").rename(place.root / "a.jpg")
    place.sync()
    with place.library() as library:
        image = library.find_image(sha256(A))
        assert image is not None
        assert (image.delete_time, image.statements.rating) == (None, 5)
    (place.root / "usb").rmdir()
    assert place.sync().counts.trashed == 1


def test_where_no_trash_is_kept_a_sync_erases_nothing(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "libraries")
    place = Place(catalog, tmp_path / "photos", trash_missing_days=1)
    write(place.root / "a.jpg", A, 1)
    write(place.root / "b.jpg", B, 1)
    place.sync()
    (place.root / "a.jpg").unlink()
    place.sync()
    _age(place, timedelta(days=2))
    assert place.counts() == {"file": 1, "unchanged": 1, "missing": 1}
    with place.library() as library:
        assert library.find_image(sha256(A)) is not None
    catalog.close()


def _age(place: Place, time: timedelta) -> None:
    """Let what is missing be missing for so much longer."""
    with place.library() as library, library._database.write() as transaction:
        transaction.cursor.execute("UPDATE source SET missing_time = missing_time - ?", [time])
        transaction.commit()
