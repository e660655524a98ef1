"""A face as the detector returns it, for the embedder."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CroppedFace:
    """A face of a photo, cut out for the embedder.

    Attributes:
        rgb: the crop's pixels, as the embedder takes them.
        score: the detector's confidence, 0 to 1.
        quality: how well the face can be seen, 0 to 1.
        box: left, top, width, height in pixels of the photo.
        central: whether no other face of the photo is nearer to its middle.

    """

    rgb: bytes
    score: float
    quality: float
    box: tuple[float, float, float, float]
    central: bool
