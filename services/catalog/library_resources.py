"""What an open library may take of the machine."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LibraryResources:
    """What one open library may take.

    Attributes:
        memory_limit: how much memory DuckDB may use for the file, for example ``512MB``.
        threads: of one search or one clustering.

    """

    memory_limit: str = "512MB"
    threads: int = 1
