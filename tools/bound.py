"""One bound of the services."""

from dataclasses import dataclass
from types import ModuleType

from services.common.errors import Reason
from services.common.limits import MEBIBYTE


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound.

    Attributes:
        of: whose it is, a service or all of them.
        what: what is counted.
        where: constant or variable that sets it.
        value: as it is by default; what depends on the machine is said in words.
        unit: of the value, plural; empty if the value says it.
        beyond: what becomes of more: the reason of the refusal, or in words.
        test: ``file::function`` that tries to break it.

    """

    of: str
    what: str
    where: str
    value: float | str
    unit: str
    beyond: Reason | str
    test: str

    def value_text(self) -> str:
        """Return the value with its unit."""
        value = float(self.value) if str(self.value).replace(".", "").isdigit() else self.value
        if not isinstance(value, float):
            return str(value)
        if self.unit == "bytes" and value >= MEBIBYTE:
            return f"{value / MEBIBYTE:.4g} MiB"
        return f"{value:,.10g} {self.unit}".strip()


def _constant(module: ModuleType, name: str) -> tuple[str, float]:
    value: float = getattr(module, name)
    return f"{module.__name__.replace('.', '/')}.py", value


def fixed(of: str, what: str, module: ModuleType, name: str, unit: str, beyond: Reason | str, test: str) -> Bound:
    """Return a bound that a constant of a module sets."""
    where, value = _constant(module, name)
    return Bound(of, what, f"`{name}` in {where}", value, unit, beyond, test)
