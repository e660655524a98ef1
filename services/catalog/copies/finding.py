"""What a check of a library finds."""

from dataclasses import dataclass
from enum import StrEnum, unique


@unique
class Severity(StrEnum):
    """How bad a finding is, as it is called on the wire."""

    NOTICE = "FINDING_SEVERITY_NOTICE"
    WARNING = "FINDING_SEVERITY_WARNING"
    ERROR = "FINDING_SEVERITY_ERROR"


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of fault.

    Attributes:
        kind: upper-case words joined by underscores.
        severity: how bad it is.
        count: how often it was found, 1 or more.
        examples: where, a few of them: what follows the library's name in the name of a resource, or words.
        description: what is wrong, a whole sentence.
        advice: what to do, a whole sentence.

    """

    kind: str
    severity: Severity
    count: int
    examples: tuple[str, ...]
    description: str
    advice: str
