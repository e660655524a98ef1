"""Which parts of images and faces are read: what nobody asked for is not looked up, and is empty in the record."""

from enum import Flag, auto


class ImageParts(Flag):
    """Parts of an `ImageRecord`, whose SHA-256 is always there.

    Attributes:
        FILE: media type, size in bytes and pixels, times, revision and models.
        EXIF: what the camera wrote.
        PLACES: name of the file, and its places.
        OBJECTS: its objects.
        FACES: its faces, without embeddings and thumbnails.
        ALBUMS: the albums that hold it.
        STATEMENTS: what users said of it, and since and until when it is in the trash.
        PREVIEW: the small picture of it, if one is kept.

    """

    FILE = auto()
    EXIF = auto()
    PLACES = auto()
    OBJECTS = auto()
    FACES = auto()
    ALBUMS = auto()
    STATEMENTS = auto()
    PREVIEW = auto()


class FaceParts(Flag):
    """Parts of a `FaceRecord`, whose id is always there.

    Attributes:
        IMAGE: the image that it is of.
        PERSON: whose it is, and whether a user said so.
        NAME: the name of that person, only together with PERSON.
        BOX: where it is.
        SIGHT: landmarks, score and quality.
        SPACE: the space of its embedding.
        EMBEDDING: its embedding.
        THUMBNAIL: its thumbnail.

    """

    IMAGE = auto()
    PERSON = auto()
    NAME = auto()
    BOX = auto()
    SIGHT = auto()
    SPACE = auto()
    EMBEDDING = auto()
    THUMBNAIL = auto()


class AlbumParts(Flag):
    """Parts of an `AlbumRecord` that are looked for in its images; all else is always there.

    Attributes:
        COUNT: how many images it holds.
        COVER: which image stands for it.
        THUMBNAIL: the best face of that image.

    """

    COUNT = auto()
    COVER = auto()
    THUMBNAIL = auto()


# What is known of the image itself, and is small.
WHOLE_IMAGE = ~(ImageParts.ALBUMS | ImageParts.PREVIEW)
PLAIN_ALBUM = AlbumParts.COUNT | AlbumParts.COVER
WHOLE_FACE = ~FaceParts(0)
# What is small.
PLAIN_FACE = WHOLE_FACE & ~(FaceParts.EMBEDDING | FaceParts.THUMBNAIL)
