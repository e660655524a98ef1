"""Indexes images until it is killed; prints the name of each as soon as it is acknowledged."""

import sys
from pathlib import Path

from services.catalog.library import Library
from tests.catalog.clustering.synthetic import analysis, direction, sha256


def main(path: str, first: int) -> None:
    library = Library(Path(path), "a")
    number = first
    while True:
        library.add_image(analysis(str(number), direction(0.01 * number, number % 5), labels=("cat",)))
        print(number, flush=True)  # noqa: T201
        if number % 4 == 0:
            library.delete_image(sha256(str(number)))
            print(-number, flush=True)  # noqa: T201
        number += 1


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
