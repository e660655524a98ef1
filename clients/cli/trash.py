"""What commands say of photos in the trash."""

from collections.abc import Sequence
from datetime import UTC

from albumen.catalog.v1.image_pb2 import Image
from clients.cli import console
from clients.cli.advised import command
from clients.cli.resolution import short_id
from services.common.plural import noun


def until(image: Image) -> str:
    """Return the day on which an image in the trash is erased, by the clock of this machine."""
    return image.purge_time.ToDatetime(UTC).astimezone().strftime("%Y-%m-%d")


def print_trashed(images: Sequence[Image]) -> None:
    """Print until when photos that were just deleted are in the trash, if they are, and how to have them back."""
    if not images:
        return
    one = short_id(images[0].name) if len(images) == 1 else "IMAGE..."
    told = f"{noun(len(images), 'It is', 'They are')} in the trash until {until(images[0])}."
    console.out.print(told, highlight=False)
    console.print_advice("Have them back:" if len(images) > 1 else "Have it back:", command("trash", "restore", one))
