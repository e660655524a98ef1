"""How much memory there is."""

from pathlib import Path

import pytest

from services.common.memory import machine_memory


def test_without_a_container_all_of_the_machine_counts(tmp_path: Path) -> None:
    assert machine_memory(tmp_path) > 1 << 28


@pytest.mark.parametrize("name", ["memory.max", "memory/memory.limit_in_bytes"])
def test_a_container_may_use_less_than_the_machine_has(tmp_path: Path, name: str) -> None:
    limit = tmp_path / name
    limit.parent.mkdir(exist_ok=True)
    limit.write_text("200000000\n")
    assert machine_memory(tmp_path) == 200_000_000


@pytest.mark.parametrize("unlimited", ["max\n", "9223372036854771712\n", ""])
def test_a_container_without_a_limit_has_the_machine(tmp_path: Path, unlimited: str) -> None:
    (tmp_path / "memory.max").write_text(unlimited)
    assert machine_memory(tmp_path) == machine_memory(tmp_path / "nothing")
