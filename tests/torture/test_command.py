"""`python -m torture`: what it draws, and what it says in the end."""

from pathlib import Path
from random import Random

import pytest
import typer
from typer.testing import CliRunner

from torture import __main__ as command
from torture.images.mutations import mutated
from torture.images.samples import CODECS, sample
from torture.kills.operations import OPERATIONS
from torture.part import Extent, Part, generator_of
from torture.protobufs.messages import hostile_bytes, hostile_request
from torture.protobufs.methods import all_methods
from torture.run import PARTS
from torture.tally import END


class Fragile(Part):
    """A part of three cases, one of which breaks and one of which raises."""

    name = "kills"
    target = "nothing"

    def cases(self, extent: Extent) -> list[str]:
        return ["whole", "broken", "raising"][: extent.rounds]

    def attack(self, case: str, generator: Random) -> None:
        self.tally.rounds += 1
        self.tally.check(case, "memory", generator.random(), 1, "MB")
        if case == "broken":
            self.tally.check(case, "memory", 3, 2, "MB")
        if case == "raising":
            raise ValueError("as it may")

    def end(self, generator: Random) -> None:
        super().end(generator)
        if self.tally.rounds > 2:
            self.tally.found(END, "what is left is not sound")


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> typer.Typer:
    monkeypatch.setitem(PARTS, "kills", Fragile)
    monkeypatch.setenv("ALBUMEN_HOME", str(tmp_path))
    app = typer.Typer()
    app.command()(command.torture)
    return app


def test_what_breaks_is_shown_with_the_command_that_runs_it_again(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["--seed", "7", "--only", "kills"], env={"COLUMNS": "120"})
    assert result.exit_code == 1
    assert "make torture SEED=7 ONLY=kills CASE=broken" in result.output
    assert "make torture SEED=7 ONLY=kills CASE=raising" in result.output
    assert "CASE=whole" not in result.output
    assert "what is left is not sound" in result.output
    assert "ONLY=kills\n" in result.output
    assert "3 of 2 MB" in result.output


def test_what_holds_leaves_nothing_behind(app: typer.Typer, tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["--only", "kills", "--rounds", "1"])
    assert result.exit_code == 0
    assert list((tmp_path / "torture").iterdir()) == []


@pytest.mark.parametrize("arguments", [["--only", "nothing"], ["--case", "broken"]])
def test_wrong_arguments_are_refused(app: typer.Typer, arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_a_case_that_is_not_there_is_refused(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["--only", "kills", "--case", "nothing/7"])
    assert result.exit_code == 1
    assert "whole" in result.stderr


def test_a_case_draws_the_same_whatever_ran_before() -> None:
    first, again = (generator_of(7, "images", "png/3") for _ in range(2))
    assert mutated(sample("png"), b"other", first) == mutated(sample("png"), b"other", again)
    assert generator_of(7, "images", "png/4").random() != generator_of(7, "images", "png/3").random()


@pytest.mark.parametrize("codec", CODECS)
def test_every_codec_is_damaged_in_many_ways(codec: str) -> None:
    data = sample(codec)
    made = {mutated(data, sample("jpeg"), Random(seed)) for seed in range(60)}
    assert len(made - {data}) > 50


def test_every_method_has_requests() -> None:
    methods = all_methods()
    assert len({method.path for method in methods.values()}) == len(methods) > 30
    for method in methods.values():
        for seed in range(5):
            method.new_request().ParseFromString(hostile_request(method, {}, Random(seed)))
            assert isinstance(hostile_bytes(method, {}, Random(seed)), bytes)


def test_operations_are_those_that_the_contracts_have() -> None:
    assert {operation.run.__name__ for operation in OPERATIONS} >= {"index", "delete", "merge", "undo", "recluster"}
