"""`albumen events`: what has happened, once."""

import json

import pytest

from albumen.catalog.v1 import event_pb2
from albumen.catalog.v1.event_pb2 import Event
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog


@pytest.fixture
def happened(fake: FakeCatalog) -> FakeCatalog:
    for number in range(1, 6):
        event = Event(
            sequence_number=number,
            change=event_pb2.CHANGE_KIND_UPDATED,
            resource_kind=event_pb2.RESOURCE_KIND_FOLDER,
            resource=f"libraries/default/folders/folder{number}",
        )
        event.event_time.FromSeconds(1_700_000_000)
        fake.state.events.append(event)
    return fake


@pytest.mark.usefixtures("happened")
def test_all_that_is_kept_is_listed_and_how_to_go_on(run: Run) -> None:
    *lines, advice = run("events").out.splitlines()
    assert [line.split()[2:] for line in lines] == [["changed", "folder", f"folder{number}"] for number in range(1, 6)]
    assert all(line.startswith("2023-11-1") for line in lines)
    assert advice == "What happens later: albumen events --after 5"
    assert run("events", "--after", "5").out.splitlines() == ["Nothing has happened.", advice]
    assert run("events", "--latest").out == "5\n"


@pytest.mark.usefixtures("happened")
def test_a_part_ends_with_the_token_of_its_end(run: Run) -> None:
    *lines, advice = run("events", "--limit", "3").out.splitlines()
    assert (len(lines), advice) == (3, "There is more: albumen events --after 3")
    told = [json.loads(line) for line in run("events", "--after", "3", "--json").out.splitlines()]
    assert [event.get("sequenceNumber") for event in told] == ["4", "5", None]
    assert told[-1] == {"resumeToken": "5"}


def test_what_is_kept_no_more_is_said_with_what_to_do(run: Run) -> None:
    refused = run("events", "--after", "old")
    assert (refused.exit_code, refused.out) == (1, "")
    assert "`albumen events --latest` says from where to go on" in refused.err
