import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools.api_linter import CONFIG, executable, lint
from tools.protoc import ROOT
from tools.protos import PROTOS

needs_linter = pytest.mark.skipif(
    not executable().exists(), reason="api-linter is not built: `make lint` needs Go for it"
)


def _rules(output: str) -> set[str]:
    return {problem["rule_id"] for file in json.loads(output) for problem in file["problems"]}


@needs_linter
def test_contracts_obey_the_rules_that_are_not_refused(contracts: Path) -> None:
    found = lint(contracts, f"--config={CONFIG}")
    assert found.returncode == 0, found.stdout + found.stderr


@needs_linter
def test_every_refused_rule_would_find_something(contracts: Path) -> None:
    refused = {rule for entry in yaml.safe_load((PROTOS / CONFIG).read_text()) for rule in entry["disabled_rules"]}
    assert _rules(lint(contracts, "--output-format=json").stdout) == refused


@needs_linter
def test_a_violation_is_noticed(contracts: Path) -> None:
    contract = contracts / "albumen/catalog/v1/person.proto"
    sound = contract.read_text()
    contract.write_text(sound.replace('type: "albumen.internal/Person"', 'type: "Person"'))
    try:
        found = lint(contracts, f"--config={CONFIG}", "--output-format=json")
        assert found.returncode != 0
        assert "core::0123::resource-type-name" in _rules(found.stdout)
    finally:
        contract.write_text(sound)


def test_a_machine_without_go_is_told_that_the_linter_was_left_out(contracts: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    shutil.copytree(contracts, tmp_path / "protos")
    command = [sys.executable, "-m", "tools.api_linter"]
    left_out = subprocess.run(command, cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert (left_out.returncode, left_out.stdout) == (0, "api-linter was left out: there is no Go here.\n")
