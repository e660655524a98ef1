"""What is told when the catalog is away, breaks off, or is something else."""

import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from clients.cli.__main__ import COMMANDS, LIBRARY_COMMANDS
from clients.cli.commands.album.app import ALBUM_COMMANDS
from clients.cli.commands.face.app import FACE_COMMANDS
from clients.cli.commands.person.app import PERSON_COMMANDS
from clients.cli.launching.home_lock import HomeLock
from services.common.errors import Reason, UnavailableError
from tests.clients.conftest import Run
from tests.clients.fake_catalog import FakeCatalog

Photo = Callable[..., Path]


@pytest.fixture
def photos(photo: Photo) -> Path:
    for number in range(8):
        path = photo(f"photos/{number}.png", (number, 0, 0))
    return path.parent


def test_index_whose_catalog_goes_away_tells_it_once_and_how_far_it_came(
    run: Run, fake: FakeCatalog, photos: Path
) -> None:
    fake.state.on_call = lambda calls: fake.stop() if calls == 4 else None
    finished = run("index", "--in-flight", "2", str(photos))
    assert finished.exit_code == 1
    assert "INTERNAL" not in finished.out + finished.err
    assert "can't be reached" not in finished.out
    assert finished.err.count("can't be reached") == 1
    told = f"✗ Stopped: The catalog at {fake.target} can't be reached (Connection refused).  UNAVAILABLE"
    assert finished.err.startswith(told)
    assert "run the same command again to go on" in finished.err
    rows = [" ".join(line.split()) for line in finished.out.splitlines()]
    assert any(row.endswith("not tried yet") for row in rows), rows
    assert any(row.endswith("failed UNAVAILABLE") for row in rows), rows


def test_index_whose_detector_is_away_stops_at_the_first_photo(run: Run, fake: FakeCatalog, photos: Path) -> None:
    message = "The detector can't serve."
    fake.state.always = UnavailableError(Reason.DETECTOR_UNAVAILABLE, message, retry_after=1, retried=True)
    finished = run("index", "--in-flight", "1", str(photos))
    assert finished.exit_code == 1
    assert fake.state.calls == 1
    assert message not in finished.out
    assert f"✗ Stopped: {message}  DETECTOR_UNAVAILABLE" in finished.err
    assert "7 not tried yet" in [" ".join(line.split()) for line in finished.out.splitlines()]


def test_what_grpc_says_of_itself_is_told_of_no_photo(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    def crash(_calls: int) -> None:
        raise ValueError("of the server's own")

    fake.state.on_call = crash
    finished = run("index", str(photo("a.jpg")))
    assert finished.exit_code == 1
    assert "Exception" not in finished.out
    assert "INTERNAL" not in finished.out
    assert f"a.jpg The call to the catalog at {fake.target} broke off. UNAVAILABLE" in finished.out


class _Health(health_pb2_grpc.HealthServicer):  # type: ignore[misc] # has no types
    def List(self, request: object, context: object) -> health_pb2.HealthListResponse:  # noqa: ARG002, N802
        response = health_pb2.HealthListResponse()
        response.statuses["albumen.detector.v1.DetectorService"].status = health_pb2.HealthCheckResponse.SERVING
        return response


@pytest.fixture
def detector() -> Iterator[str]:
    """The target of a server that says of itself what the detector does."""
    server = grpc.server(ThreadPoolExecutor(2))
    health_pb2_grpc.add_HealthServicer_to_server(_Health(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


@pytest.mark.parametrize("command", [["people"], ["index", "."]])
def test_a_detector_in_the_place_of_the_catalog_is_told(run: Run, detector: str, command: list[str]) -> None:
    finished = run("--catalog", detector, *command)
    assert finished.exit_code == 1
    assert finished.err.startswith(f"✗ There is no catalog at {detector}: a detector answers there.  UNAVAILABLE\n")
    assert "--catalog HOST:PORT" in finished.err


def test_a_strange_server_in_the_place_of_the_catalog_is_told(run: Run) -> None:
    server = grpc.server(ThreadPoolExecutor(2))
    target = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    finished = run("--catalog", target, "people")
    server.stop(None).wait()
    assert f"There is no catalog at {target}: a server that is none of Albumen's answers there." in finished.err


def _words(photo: Photo) -> list[list[str]]:
    """Return a line for every command that asks the catalog."""
    path = str(photo("a.png"))
    given = {
        "index": [path],
        "forget": [path],
        "name": ["Anna", "Bea"],
        "hide": ["Anna"],
        "merge": ["Anna", "Bea"],
        "separate": ["Anna", "Bea"],
        "split": ["Anna", path],
        "search": [path],
        "show": [path],
        "thumbnail": [path],
        "download": [path],
        "mark": [path, "--favorite"],
        "delete": [path],
        "reject": [path],
        "accept": [path],
        "compare": [path, path],
        "known": [path],
    }
    lines = [[command.__name__, *given.get(command.__name__, [])] for command in COMMANDS if command.__name__ != "up"]
    wants_library = {"create", "delete"}
    lines += [["library", name, *(["trip"] if name in wants_library else [])] for name in LIBRARY_COMMANDS]
    albums = {"list": [], "rename": ["Best", "Better"], "change": ["Best", "--name", "Better"]}
    albums |= {name: ["Best", path] for name in ("add", "remove", "move")}
    lines += [["album", name, *albums.get(name, ["Best"])] for name in ALBUM_COMMANDS]
    faces = {"list": [], "give": ["1", "--nobody"], "draw": [path, "--box", "1,2,3,4"]}
    lines += [["face", name, *faces.get(name, ["1"])] for name in FACE_COMMANDS]
    people = {"set": ["Anna", "--favorite"]}
    lines += [["person", name, *people.get(name, ["Anna"])] for name in PERSON_COMMANDS]
    lines.append(["backup", "show", "x"])
    return [*lines, ["trash", "list"], ["trash", "restore", path], ["trash", "empty", "--yes"]]


# Each by itself would try for twelve seconds.
@pytest.mark.timeout(100)
def test_every_command_says_at_once_that_nobody_is_there(run: Run, fake: FakeCatalog, photo: Photo) -> None:
    fake.close()
    for words in _words(photo):
        finished = run(*words)
        assert (finished.exit_code, finished.out) == (1, ""), words
        problem, advice = finished.err.splitlines()
        assert problem == f"✗ The catalog at {fake.target} can't be reached (Connection refused).  UNAVAILABLE"
        assert advice.startswith(f"→ Start the services with `albumen up --catalog-listen {fake.target}`")


def test_whoever_is_being_started_is_waited_for(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALBUMEN_CATALOG_LIBRARIES_DIR", str(tmp_path))
    started: list[FakeCatalog] = []
    with socket.socket() as place, HomeLock([tmp_path]) as lock:
        # Nobody else gets this port, and nobody listens there yet.
        place.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{place.getsockname()[1]}"

        def start(_seconds: float) -> None:
            if not started:
                place.close()
                started.append(FakeCatalog(address=address))
                lock.say_started()

        monkeypatch.setattr("clients.cli.reach.time.sleep", start)
        finished = run("--catalog", address, "people")
        started[0].close()
        assert finished.exit_code == 0
        assert finished.err == "Waiting for the services, which are starting …\n"
