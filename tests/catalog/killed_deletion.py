"""Deletes an image of a library whose embeddings are in files, and is killed; see test_kept_people.py."""

import os
import signal
import sys
from pathlib import Path

from services.catalog import people_writer
from services.catalog.library import Library
from services.catalog.storage.transaction import Transaction
from tests.catalog.clustering.synthetic import sha256


def main(path: str, moment: str) -> None:
    people_writer._WORTH_A_SNAPSHOT = 1  # type: ignore[misc]
    library = Library(Path(path), "a")
    library.memory.load_people()
    if moment == "before":

        def die(_: Transaction) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        Transaction.commit = die  # type: ignore[method-assign, assignment]
    library.delete_image(sha256("3"))
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
