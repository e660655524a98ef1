"""Decides where the pages of a run go: docs/ is about the reference data only."""

from pathlib import Path
from typing import Final

from accuracy.data_source import DataSource
from clients.cli.failure import CommandError

_CHECKOUT: Final = Path(__file__).resolve().parents[1]
_DOCS: Final = _CHECKOUT / "docs"
_BUILD: Final = _CHECKOUT / "build" / "accuracy"


def page_path(source: DataSource, output: Path | None) -> Path:
    """Return the page that a run writes.

    Args:
        source: the data that it measures.
        output: where a user wants it; None for docs/ or a folder in build/, which depends on the data.

    Raises:
        CommandError: `output` is in docs/, but other data than the reference data is measured.

    """
    if output is None:
        return (_DOCS if source.is_reference else _BUILD / source.name) / "accuracy.md"
    if _DOCS in output.resolve().parents and not source.is_reference:
        raise CommandError(f"docs/ has the figures of the reference data, but this is {source.title}.")
    return output
