"""Typed access to a table of a TOML file, with errors that name the entry and the key."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from models.errors import ManifestError

_T = TypeVar("_T")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class Table:
    """One entry of a manifest.

    Every method that reads a key raises ManifestError if the key is missing or has another kind of value. `done` then
    rejects keys that were never read, so that a misspelt one does not pass.

    Args:
        where: names the entry in errors.
        values: of the TOML table.

    """

    def __init__(self, where: str, values: Mapping[str, Any]) -> None:
        self.where = where
        self._values = values
        self._read: set[str] = set()

    def has(self, key: str) -> bool:
        """Return whether the entry has this optional key."""
        self._read.add(key)
        return key in self._values

    def error(self, key: str, problem: str) -> ManifestError:
        """Return the error to raise about one key."""
        return ManifestError(f"{self.where}: {key!r} {problem}")

    def text(self, key: str) -> str:
        """Return a non-empty string."""
        value: str = self._of_type(key, str, "a text")
        if not value.strip():
            raise self.error(key, "is empty")
        return value

    def count(self, key: str) -> int:
        """Return an integer above zero."""
        value: int = self._of_type(key, int, "a whole number")
        if value <= 0:
            raise self.error(key, f"must be above 0, not {value}")
        return value

    def fraction(self, key: str) -> float:
        """Return a number from 0 to 1."""
        value = float(self._of_type(key, (int, float), "a number"))
        if not 0 <= value <= 1:
            raise self.error(key, f"must be between 0 and 1, not {value}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of distinct non-empty strings, at least one."""
        value = self._of_type(key, list, "a list of texts")
        if not value or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.error(key, "must be a list of at least one text, none of them empty")
        if len(set(value)) != len(value):
            raise self.error(key, "names something twice")
        return tuple(value)

    def sha256(self, key: str) -> str:
        """Return a SHA-256 in lower-case hexadecimal."""
        return self._hash(key, self.text(key))

    def sha256s(self, key: str) -> tuple[str, ...]:
        """Return a list of SHA-256 in lower-case hexadecimal."""
        return tuple(self._hash(key, value) for value in self.texts(key))

    def choice(self, key: str, choices: Mapping[str, _T]) -> _T:
        """Return the value in `choices` for the string under `key`."""
        value = self.text(key)
        if value not in choices:
            raise self.error(key, f"must be one of {', '.join(choices)}, not {value!r}")
        return choices[value]

    def file_name(self, key: str) -> str:
        """Return a plain file name: no folders."""
        value = self.text(key)
        if value.startswith(".") or "/" in value or "\\" in value:
            raise self.error(key, f"must be a plain file name, not {value!r}")
        return value

    def table(self, key: str) -> "Table":
        """Return the table under `key`."""
        return Table(f"{self.where}: {key}", self._of_type(key, dict, "a table"))

    def tables(self, key: str) -> list[Mapping[str, Any]]:
        """Return the list of tables under `key`, at least one."""
        values = self._of_type(key, list, "a list of tables")
        if not values or not all(isinstance(value, dict) for value in values):
            raise self.error(key, "must be a list of tables, at least one")
        return list(values)

    def entries(self, key: str, name: str, read: Callable[["Table"], _T]) -> tuple[_T, ...]:
        """Return what `read` makes of each table of a list; no two tables may share the value of the key `name`."""
        entries: dict[str, _T] = {}
        for number, values in enumerate(self.tables(key), 1):
            label = values.get(name)
            table = Table(f"{self.where}: {key} {label!r}" if label else f"{self.where}: {key} number {number}", values)
            identity = table.text(name)
            if identity in entries:
                raise table.error(name, "is used by an entry above")
            entries[identity] = read(table)
            table.done()
        return tuple(entries.values())

    def done(self) -> None:
        """Check that every key of the entry was read.

        Raises:
            ManifestError: one was not.

        """
        if unknown := sorted(set(self._values) - self._read):
            raise self.error(unknown[0], "is not a key that this entry can have")

    def _hash(self, key: str, value: str) -> str:
        if not _SHA256.fullmatch(value):
            raise self.error(key, f"must be 64 lower-case hexadecimal digits, not {value!r}")
        return value

    def _of_type(self, key: str, kind: Any, name: str) -> Any:  # noqa: ANN401 - the caller names the type
        if not self.has(key):
            raise self.error(key, "is missing")
        value = self._values[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise self.error(key, f"must be {name}, not {value!r}")
        return value
