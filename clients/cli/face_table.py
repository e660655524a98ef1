"""Faces as a table: which, where, whose."""

from collections.abc import Iterable

from rich.text import Text

from albumen.catalog.v1.face_pb2 import FACE_ORIGIN_DRAWN, Face
from clients.cli.console import printable
from clients.cli.folding_table import FoldingTable
from clients.cli.resolution import short_id

# What is shown of each.
SHOWN_FIELDS = ("name", "image", "person", "person_display_name", "box", "score", "quality_score", "origin")


def face_table(faces: Iterable[Face], title: Text | None = None) -> FoldingTable:
    """Return a table of faces.

    Args:
        faces: with `SHOWN_FIELDS`.
        title: the photo, if all are of one; else each is told with its own.

    """
    table = FoldingTable(title=title)
    table.add("face", style="cyan", whole=True)
    if title is None:
        table.add("photo", style="cyan", whole=True)
    table.add("left, top", right=True)
    table.add("size", right=True)
    table.add("person", style="bold")
    table.add("score", style="dim", right=True)
    table.add("quality", style="dim", right=True)
    for face in faces:
        photo = [short_id(face.image)] if title is None else []
        table.add_row(short_id(face.name), *photo, *_row(face))
    return table


def _row(face: Face) -> tuple[str, str, Text, str, str]:
    person = face.person_display_name or (short_id(face.person) if face.person else "")
    label = Text(printable(person))
    if face.origin == FACE_ORIGIN_DRAWN:
        label.append(" (drawn by hand)" if person else "(drawn by hand)", "dim not bold")
    return (
        f"{face.box.left:.0f}, {face.box.top:.0f}",
        f"{face.box.width:.0f}\N{MULTIPLICATION SIGN}{face.box.height:.0f}",
        label,
        f"{face.score:.2f}",
        f"{face.quality_score:.2f}",
    )
