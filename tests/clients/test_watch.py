"""`albumen watch`."""

import json
import signal
import subprocess
import sys

from albumen.catalog.v1 import event_pb2
from albumen.catalog.v1.event_pb2 import Event
from albumen.catalog.v1.event_service_pb2 import WatchLibraryResponse
from services.common.errors import AbortedError, NotFoundError, Reason, UnavailableError
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

AWAY = UnavailableError(Reason.SHUTTING_DOWN, "The service is shutting down.")
EXPIRED = AbortedError(Reason.EVENTS_EXPIRED, "What happened since then is not kept any more.")
ERASED = NotFoundError(Reason.LIBRARY_NOT_FOUND, "There is no library libraries/default.")


def response(token: str, *numbers: int) -> WatchLibraryResponse:
    return WatchLibraryResponse(
        events=[
            Event(
                sequence_number=number,
                change=event_pb2.CHANGE_KIND_CREATED,
                resource_kind=event_pb2.RESOURCE_KIND_PERSON,
                resource=f"libraries/default/people/person{number}",
            )
            for number in numbers
        ],
        resume_token=token,
    )


def test_it_goes_on_where_it_was_when_the_catalog_comes_back(run: Run, fake: FakeCatalog) -> None:
    fake.state.watches = [[response("a"), response("b", 1, 2), AWAY], [AWAY], [response("c", 3), ERASED]]
    finished = run("watch", "--json")
    assert [json.loads(line)["sequenceNumber"] for line in finished.out.splitlines()] == ["1", "2", "3"]
    assert fake.state.resumed == ["", "b", "b"]
    assert finished.err.count("is away") == finished.err.count("is back") == 1
    assert finished.exit_code == 1
    assert "LIBRARY_NOT_FOUND" in finished.err


def test_it_says_where_something_was_missed_and_begins_anew(run: Run, fake: FakeCatalog) -> None:
    for arguments in ((), ("--json",)):
        fake.state.watches = [[response("a", 1), EXPIRED], [response("b"), response("c", 9), ERASED]]
        fake.state.resumed.clear()
        finished = run("watch", *arguments)
        assert fake.state.resumed == ["", ""]
        lines = finished.out.splitlines()
        if arguments:
            assert json.loads(lines[1]) == {"eventsExpired": True}
        else:
            assert [line.split()[1:] for line in lines] == [["new", "person", "person1"], ["new", "person", "person9"]]
            assert "not kept any more" in finished.err


def test_an_erased_photo_is_shown_by_its_number(run: Run, fake: FakeCatalog) -> None:
    event = Event(change=event_pb2.CHANGE_KIND_DELETED, resource_kind=event_pb2.RESOURCE_KIND_IMAGE, image_number=1234)
    erased = response("a")
    erased.events.append(event)
    fake.state.watches = [[erased, ERASED]]
    assert "gone    photo   number 1234\n" in run("watch").out


def test_a_catalog_that_was_never_there_is_not_waited_for(run: Run, fake: FakeCatalog) -> None:
    fake.state.watches = [[AWAY]] * 9
    finished = run("watch")
    assert (finished.exit_code, finished.out) == (1, "")
    assert "shutting down" in finished.err


def test_ctrl_c_ends_it_cleanly(fake: FakeCatalog) -> None:
    fake.state.watches = [[response("a", 1)]]
    command = [sys.executable, "-m", "clients.cli", "--catalog", fake.target, "watch", "--json"]
    # Where the tests run in the background, nobody is interrupted who does not ask for it; a terminal's child is.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    finally:
        signal.signal(signal.SIGINT, before)
    with process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["sequenceNumber"] == "1"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert "Traceback" not in err
