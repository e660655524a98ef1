import pytest

from services.catalog.indexing.upload import Announcement
from services.catalog.vocabulary import Source
from services.common.errors import InvalidArgumentError, Reason
from services.common.excerpt import excerpt
from services.common.limits import ImageLimits


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "file:///photos/2024/cat.jpg",
        "file:///C:/photos/cat%201.jpg",
        "smb://[::1]/share/cat.jpg",
        "https://anna:secret@photos.example:8443/cat.jpg?size=full#face",
        "s3://bucket/key,with;all!of$these*(chars)",
        "content://media/external/images/1",
        "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
    ],
)
def test_places_of_every_kind_are_uris(uri: str) -> None:
    Announcement("default", Source(uri, "cat.jpg")).check(ImageLimits())


@pytest.mark.parametrize(
    "uri",
    [
        "not a uri",
        "cat.jpg",
        "/photos/cat.jpg",
        "//server/share/cat.jpg",
        r"C:\photos\cat.jpg",
        "C:/photos/cat.jpg",
        r"file:\\server\cat.jpg",
        "file:///photos/my cat.jpg",
        "file:///photos/cat.jpg\n",
        "file:///photos/\x00",
        "file:///photos/kätzchen.jpg",
        "file:///photos/100%.jpg",
        "file:///photos/cat%zz.jpg",
        "http://photos.example:port/",
        "1http://photos.example/",
        "://photos",
    ],
)
def test_what_is_no_absolute_uri_is_refused(uri: str) -> None:
    with pytest.raises(InvalidArgumentError, match="is no absolute URI") as caught:
        Announcement("default", Source(uri)).check(ImageLimits())
    assert (caught.value.reason, caught.value.field) == (Reason.SOURCE_URI_INVALID, "header.source_uri")
    assert caught.value.metadata == {"value": excerpt(uri)}


@pytest.mark.parametrize("name", ["2024/cat.jpg", "/cat.jpg", r"photos\cat.jpg", r"C:\cat.jpg", "cat\x00.jpg"])
def test_a_file_name_with_folders_is_refused(name: str) -> None:
    with pytest.raises(InvalidArgumentError, match="without folders") as caught:
        Announcement("default", Source(file_name=name)).check(ImageLimits())
    assert (caught.value.reason, caught.value.field) == (Reason.FILE_NAME_INVALID, "header.file_name")
