"""Fills an album until it is killed; prints each image as soon as it is acknowledged."""

import itertools
import secrets
import sys
from pathlib import Path

from services.catalog.albums.writer import AlbumChange
from services.catalog.library import Library
from tests.catalog.clustering.synthetic import analysis


def main(path: str) -> None:
    library = Library(Path(path), "a")
    album = library.albums.write.create(AlbumChange(display_name="Summer"))
    for _ in itertools.count():
        pair = [library.add_image(analysis(secrets.token_hex())).image.sha256 for _ in range(2)]
        library.albums.images.add(album.id, pair)
        for name in pair:
            print(name, flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
