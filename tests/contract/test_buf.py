from pathlib import Path

from tests.contract.conftest import Buf
from tools.protos import BASELINE


def test_contracts_obey_the_lint_rules(buf: Buf) -> None:
    lint = buf("lint")
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_contracts_are_formatted(buf: Buf) -> None:
    form = buf("format", "--diff", "--exit-code", "--path", "albumen")
    assert form.returncode == 0, form.stdout + form.stderr


def test_contracts_do_not_break_the_last_release(buf: Buf) -> None:
    breaking = buf("breaking", "--against", str(BASELINE))
    assert breaking.returncode == 0, breaking.stdout + breaking.stderr


def test_a_broken_contract_is_noticed(buf: Buf, contracts: Path) -> None:
    contract = contracts / "albumen/types/v1/geometry.proto"
    sound = contract.read_text()
    contract.write_text(sound.replace("float x = 1;", "double x = 1;"))
    try:
        assert "type" in buf("breaking", "--against", str(BASELINE)).stdout
    finally:
        contract.write_text(sound)
