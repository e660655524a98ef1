"""What an export holds: tables for people who read them, of which docs/export.md tells.

Names are those of the API where it has one: an image is its SHA-256, a person and an album their ids, a face its
number, so that rows of one table find those of another, and the API.
"""

from typing import Final

from services.catalog.storage.export_table import ExportColumn, ExportParts, ExportTable

_OF_IMAGE: Final = ExportColumn("image", "image.sha256", "SHA-256 of the image's file")
_TIMES: Final = "UTC"


def _box(description: str, sql: str) -> tuple[ExportColumn, ...]:
    return tuple(
        ExportColumn(
            f"box_{side}", sql.format(side=side, at=at), f"{description}, {side}, in pixels of the upright image"
        )
        for at, side in enumerate(("left", "top", "width", "height"), start=3)
    )


def _faces(table: str) -> tuple[ExportColumn, ...]:
    return (
        ExportColumn("face", f"{table}.id", "number of the face"),
        _OF_IMAGE,
        ExportColumn("person", "person.id", "id of the person; null if it is nobody's"),
        ExportColumn("pinned", f"coalesce({table}.pinned, false)", "whether a user said whose it is"),
        ExportColumn("drawn", f"coalesce({table}.drawn, false)", "whether a user drew it by hand"),
        ExportColumn("score", f"{table}.score", "confidence that it is a face, 0 to 1"),
        ExportColumn("quality", f"{table}.quality", "how well it can be seen, 0 to 1"),
        *_box("its box", f"{table}.box_{{side}}"),
        ExportColumn(
            "landmarks", f"{table}.landmarks",
            "eyes, nose and corners of the mouth: ten little-endian float32, x and y in turn, in pixels, or NaN",
        ),
        ExportColumn(
            "embedding", f"{table}.embedding", "unit vector of 512 little-endian float32", ExportParts.EMBEDDINGS
        ),
        ExportColumn("thumbnail", f"{table}.thumbnail", "JPEG", ExportParts.PICTURES),
    )  # fmt: skip


_PARTS: Final = "string_split(image.objects, ' ')"
_FACES_JOINED: Final = (
    "JOIN image ON image.id = {table}.image_id LEFT JOIN person ON person.number = {table}.person AND person.number > 0"
)

EXPORT_TABLES: Final = (
    ExportTable(
        "library",
        "the library itself, one row",
        "library",
        (
            ExportColumn("display_name", "display_name", "name that a user gave; may be empty"),
            ExportColumn("create_time", "create_time", f"when it was created, {_TIMES}"),
            ExportColumn("eps", "eps", "DBSCAN's eps, a cosine distance"),
            ExportColumn("min_samples", "min_samples", "DBSCAN's min_samples"),
            ExportColumn("min_quality", "min_quality", "quality below which a face founds no person"),
            ExportColumn("embedding_space", "embedding_space", "which model's vectors its embeddings are"),
        ),
    ),
    ExportTable(
        "images",
        "images, those in the trash too",
        "image",
        (
            _OF_IMAGE,
            ExportColumn("file_name", "file_name", "name of its file; may be empty"),
            ExportColumn("mime_type", "content_type", "media type"),
            ExportColumn("size_bytes", "size_bytes", "size of the file"),
            ExportColumn("width", "width", "of the upright image, in pixels"),
            ExportColumn("height", "height", "of the upright image, in pixels"),
            ExportColumn("capture_time", "capture_time", "when it was taken, as the camera's clock showed it"),
            ExportColumn("utc_offset_minutes", "utc_offset_minutes", "how far that clock was ahead of UTC, if known"),
            ExportColumn("camera_make", "camera_make", "who made the camera"),
            ExportColumn("camera_model", "camera_model", "which camera"),
            ExportColumn("latitude", "latitude", "degrees, north is positive"),
            ExportColumn("longitude", "longitude", "degrees, east is positive"),
            ExportColumn("create_time", "create_time", f"when it was indexed, {_TIMES}"),
            ExportColumn("update_time", "coalesce(update_time, create_time)", f"when it last changed, {_TIMES}"),
            ExportColumn("object_model", "object_model", "which model found its objects"),
            ExportColumn("face_model", "face_model", "which model found its faces"),
            ExportColumn("favorite", "coalesce(favorite, false)", "whether it is a favourite"),
            ExportColumn("rating", "coalesce(rating, 0)", "1 to 5, 0 for none"),
            ExportColumn("description", "coalesce(description, '')", "what a user wrote of it"),
            ExportColumn("delete_time", "delete_time", f"since when it is in the trash, {_TIMES}; null if it is not"),
            ExportColumn("purge_time", "purge_time", f"when it will be erased, {_TIMES}; null if it is not there"),
        ),
    ),
    ExportTable(
        "objects",
        "things that were seen in images",
        "image",
        (
            _OF_IMAGE,
            ExportColumn("label", "label.name", "class of the object"),
            ExportColumn("score", f"{_PARTS}[6 * place.k + 2]::FLOAT", "confidence, 0 to 1"),
            *_box("its box", f"{_PARTS}[6 * place.k + {{at}}]::FLOAT"),
        ),
        joined=f"CROSS JOIN unnest(range(0, len({_PARTS}) // 6)) AS place(k) "
        f"JOIN label ON label.id = {_PARTS}[6 * place.k + 1]::INTEGER",
    ),
    ExportTable(
        "sources",
        "places of images",
        "source",
        (
            ExportColumn("uri", "source.uri", "where the file is"),
            _OF_IMAGE,
            ExportColumn("file_name", "coalesce(source.file_name, '')", "name of the file there; may be empty"),
            ExportColumn("modify_time", "source.modify_time", f"when it was last modified, {_TIMES}, if known"),
            ExportColumn(
                "missing_time", "source.missing_time", f"since when it is missing, {_TIMES}; null if it is not"
            ),
        ),
        joined="JOIN image ON image.id = source.image_id",
    ),
    ExportTable(
        "tags",
        "tags of images",
        "image_tag",
        (_OF_IMAGE, ExportColumn("tag", "image_tag.tag", "what a user tagged it with")),
        joined="JOIN image ON image.id = image_tag.image_id",
    ),
    ExportTable(
        "faces",
        "faces of images that are not in the trash",
        "face",
        _faces("face"),
        joined=_FACES_JOINED.format(table="face"),
        at_once=8_192,
    ),
    ExportTable(
        "trashed_faces",
        "faces of images in the trash, and faces that a user rejected",
        "trashed_face",
        _faces("trashed_face"),
        joined=_FACES_JOINED.format(table="trashed_face"),
        at_once=8_192,
    ),
    ExportTable(
        "people",
        "people; one who has faces in the trash only has a face_count of 0",
        "person",
        (
            ExportColumn("person", "id", "id of the person"),
            ExportColumn("display_name", "display_name", "name that a user gave; may be empty"),
            ExportColumn("hidden", "hidden", "whether lists leave the person out"),
            ExportColumn("favorite", "coalesce(favorite, false)", "whether the person is a favourite"),
            ExportColumn("birth_date", "birth_date", "that a user gave; null if none"),
            ExportColumn("create_time", "create_time", f"when first seen, {_TIMES}"),
            ExportColumn("update_time", "update_time", f"when a user last changed the person, {_TIMES}"),
            ExportColumn("face_count", "face_count", "number of faces"),
            ExportColumn("image_count", "image_count", "number of images"),
            ExportColumn("cover_face", "cover_face_id", "number of the face that stands for the person"),
        ),
    ),
    ExportTable(
        "people_apart",
        "pairs of people of whom a user said that they are not the same",
        "apart",
        (
            ExportColumn("person", "one.id", "id of a person"),
            ExportColumn("other", "other.id", "id of the other one"),
        ),
        joined="JOIN person AS one ON one.number = apart.a JOIN person AS other ON other.number = apart.b",
    ),
    ExportTable(
        "albums",
        "albums",
        "album",
        (
            ExportColumn("album", "album.id", "id of the album"),
            ExportColumn("display_name", "album.display_name", "its name"),
            ExportColumn("description", "album.description", "what a user wrote of it"),
            ExportColumn(
                "filter", "album.filter", "filter of a smart album, as the catalog keeps it; empty for others"
            ),
            ExportColumn("order_by", "album.order_by", "order of a smart album; empty for others"),
            ExportColumn("cover_image", "image.sha256", "image that a user chose as its cover; null if none was"),
            ExportColumn("create_time", "album.create_time", f"when it was created, {_TIMES}"),
            ExportColumn("update_time", "album.update_time", f"when it last changed, {_TIMES}"),
        ),
        joined="LEFT JOIN image ON image.id = album.cover_image_id",
    ),
    ExportTable(
        "album_images",
        "images of albums that are not smart ones",
        "album_image",
        (
            ExportColumn("album", "album.id", "id of the album"),
            _OF_IMAGE,
            ExportColumn("rank", "album_image.rank", "images of an album follow each other by it"),
        ),
        joined="JOIN album ON album.number = album_image.album JOIN image ON image.id = album_image.image_id",
    ),
    ExportTable(
        "folders",
        "folders of the server's disk that are kept in step",
        "folder",
        (
            ExportColumn("folder", "id", "id of the folder"),
            ExportColumn("display_name", "display_name", "its name"),
            ExportColumn("root_uri", "root_uri", "where it is"),
            ExportColumn("include_patterns", "include_patterns", "which files are taken, as the catalog keeps it"),
            ExportColumn("exclude_patterns", "exclude_patterns", "which are left out, as the catalog keeps it"),
            ExportColumn("create_time", "create_time", f"when it was added, {_TIMES}"),
        ),
    ),
    ExportTable(
        "edits",
        "what users corrected of people",
        "edit",
        (
            ExportColumn("edit", "id", "number of the edit"),
            ExportColumn("kind", "kind", "what was done"),
            ExportColumn("create_time", "create_time", f"when, {_TIMES}"),
            ExportColumn("undone", "undone", "whether it was undone"),
        ),
    ),
    ExportTable(
        "edit_people",
        "which people edits are about",
        "edit_person",
        (
            ExportColumn("edit", "edit_id", "number of the edit"),
            ExportColumn("person", "person_id", "id of a person, who may be no more"),
        ),
    ),
    ExportTable(
        "edit_faces",
        "which faces edits are about",
        "edit_face",
        (
            ExportColumn("edit", "edit_id", "number of the edit"),
            ExportColumn("face", "face_id", "number of a face, which may be no more"),
        ),
    ),
    ExportTable(
        "previews",
        "small pictures of images, where the catalog keeps them",
        "preview",
        (
            _OF_IMAGE,
            ExportColumn("width", "preview.width", "in pixels"),
            ExportColumn("height", "preview.height", "in pixels"),
            ExportColumn("content", "preview.content", "JPEG"),
        ),
        joined="JOIN image ON image.id = preview.image_id",
        at_once=1_024,
        part=ExportParts.PICTURES,
    ),
)
# Tables of the library that an export leaves out, and why.
NOT_EXPORTED: Final = {
    "event": "tells those who watch what they missed, and is kept for some days",
    "image_label": "is made of the objects of images",
    "label": "names the labels of objects, which have their names in an export",
    "migration": "is about the form of the file",
    "pending": "holds rows on their way into other tables, and is empty in a snapshot",
    "snapshot": "names the folder beside the file",
}
