"""Files that were moved or renamed: known, gone from where they were, and found somewhere else."""

from collections import defaultdict
from collections.abc import Iterable

from clients.cli.indexing.known_files import KnownFiles


class Moves:
    """Pairs what is missing with what was found under a name that was not known.

    Args:
        known: places that the catalog knew before the run.
        missing: URIs of those whose files are gone.

    """

    def __init__(self, known: KnownFiles, missing: Iterable[str]) -> None:
        self._missing: dict[str, list[str]] = defaultdict(list)
        for uri in missing:
            place = known.get(uri)
            if place is not None:
                self._missing[place.image].append(uri)
        self._found: dict[str, int] = defaultdict(int)

    def is_missed(self, image: str) -> bool:
        """Return whether `image` is gone from somewhere, so that it has moved if it is found where it was not."""
        return image in self._missing

    def notice(self, image: str, *, is_new_place: bool) -> None:
        """Take notice that the bytes of `image` were found where they were not before.

        Args:
            image: its resource name.
            is_new_place: whether nothing else was known there; such a file was moved, any other has changed.

        """
        if self.is_missed(image):
            self._found[image] += is_new_place

    def count(self) -> int:
        """Return how many files were moved: a file that was copied, too, counts once for each place that is gone."""
        return sum(min(len(self._missing[image]), count) for image, count in self._found.items())

    def left_behind(self) -> list[str]:
        """Return the URIs that moved files had before."""
        return sorted(uri for image in self._found for uri in self._missing[image])

    def still_missing(self) -> list[str]:
        """Return the URIs whose files were not found anywhere else."""
        return sorted(uri for image, uris in self._missing.items() if image not in self._found for uri in uris)
