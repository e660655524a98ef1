"""kill -9 loses nothing that was acknowledged, and leaves nothing half-written."""

import subprocess
import sys
from pathlib import Path

from services.catalog.library import Library
from tests.catalog.clustering.synthetic import sha256
from tests.catalog.storage.writer_process import TOGETHER


def test_killed_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    added: set[int] = set()
    deleted: set[int] = set()
    unsure: set[int] = set()
    first = 1
    for cycle in range(4):
        command = [sys.executable, "-m", "tests.catalog.storage.writer_process", str(path), str(first)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as writer:
            assert writer.stdout is not None
            said = [int(writer.stdout.readline()) for _ in range(12 + cycle)]
            writer.kill()
            said += [int(line) for line in writer.stdout if line.endswith("\n")]
        added |= {number for number in said if number > 0}
        deleted |= {-number for number in said if number < 0}
        # What was under way when a process died may or may not be there, from then on.
        unsure |= {max(added) + 1, max(added)}
        library = Library(path, "a")
        library.memory.load_people()
        images = library.list_images(limit=500).items
        found = {image.sha256 for image in images}
        assert {sha256(str(number)) for number in added - deleted - unsure} <= found
        assert found <= {sha256(str(number)) for number in (added | unsure) - deleted}
        assert all(len(image.faces) == len(image.objects) == 1 for image in images)
        assert sum(person.face_count for person in library.list_people(limit=500).items) == sum(
            image.faces[0].person_id is not None for image in images
        )
        library.close()
        first = max(added) + 2


def test_killed_writers_lose_nothing_of_what_they_stored_together(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    said: set[int] = set()
    for cycle in range(3):
        command = [sys.executable, "-m", "tests.catalog.storage.writer_process", str(path), str(1 + 1000 * cycle)]
        with subprocess.Popen(
            [*command, "together"], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
        ) as writer:
            assert writer.stdout is not None
            said |= {int(writer.stdout.readline()) for _ in range(21 + cycle)}
            writer.kill()
            said |= {int(line) for line in writer.stdout if line.endswith("\n")}
        library = Library(path, "a")
        library.memory.load_people()
        images = library.list_images(limit=500).items
        # Of those under way when the process died, each is there whole or not at all.
        assert {sha256(str(number)) for number in said} <= {image.sha256 for image in images}
        assert len(images) <= len(said) + TOGETHER * (cycle + 1)
        assert all(len(image.faces) == len(image.objects) == 1 for image in images)
        assert sum(person.face_count for person in library.list_people(limit=500).items) == sum(
            image.faces[0].person_id is not None for image in images
        )
        library.close()
