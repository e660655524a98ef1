import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.catalog.settings import CatalogSettings
from services.detector.settings import DetectorSettings
from services.embedder.settings import EmbedderSettings

ROOT = Path(__file__).resolve().parents[3]


def start(module: str, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", module],
        cwd=ROOT,
        env={**os.environ, "ALBUMEN_EXIT_WITH_STDIN": "", **variables},
        stderr=subprocess.PIPE,
        text=True,
    )


def events(process: "subprocess.Popen[str]") -> list[dict[str, object]]:
    """Return what a process logs until it ends."""
    _, log = process.communicate(timeout=60)
    return [json.loads(line) for line in log.splitlines()]


def test_a_service_ends_in_time_though_a_thread_never_does() -> None:
    process = start(
        "tests.common.wire.stuck_service", ALBUMEN_STUCK_LISTEN="127.0.0.1:0", ALBUMEN_STUCK_DRAIN_SECONDS="0.2"
    )
    assert process.stderr is not None
    while json.loads(process.stderr.readline())["event"] != "serving":
        pass
    process.send_signal(signal.SIGTERM)
    assert [event["event"] for event in events(process)][-1] == "exit_forced"
    assert process.returncode == 1


@pytest.mark.parametrize("service", ["catalog", "detector", "embedder"])
def test_a_setting_with_a_wrong_value_is_named_in_one_line(service: str) -> None:
    variable = f"ALBUMEN_{service.upper()}_DRAIN_SECONDS"
    process = start(f"services.{service}", **{variable: "soon"})
    (event,) = events(process)
    assert process.returncode == 1
    assert (event["event"], event["service"]) == ("setting_invalid", service)
    assert str(event["message"]).startswith(f"{variable}: ")
    assert str(event["message"]).endswith(", not 'soon'.")


def test_a_libraries_folder_that_cannot_be_made_is_named_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    process = start(
        "services.catalog",
        ALBUMEN_CATALOG_LISTEN="127.0.0.1:0",
        ALBUMEN_CATALOG_LIBRARIES_DIR=str(tmp_path / "file" / "libraries"),
    )
    (event,) = events(process)
    assert process.returncode == 1
    assert event["event"] == "start_failed"
    assert str(event["message"]).startswith("ALBUMEN_CATALOG_LIBRARIES_DIR: ")


def test_what_the_catalog_writes_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "libraries"
    process = start("services.catalog", ALBUMEN_CATALOG_LISTEN="127.0.0.1:0", ALBUMEN_CATALOG_LIBRARIES_DIR=str(folder))
    assert process.stderr is not None
    while json.loads(process.stderr.readline())["event"] != "serving":
        pass
    written = [folder, *folder.rglob("*")]
    modes = {path.name: path.stat().st_mode & 0o777 for path in written}
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert len(written) > 1
    assert [name for name, mode in modes.items() if mode & 0o077] == []


def test_a_setting_is_called_as_its_variable_is() -> None:
    assert CatalogSettings.variable("libraries_dir") == "ALBUMEN_CATALOG_LIBRARIES_DIR"
    assert DetectorSettings.variable("weights_dir") == "ALBUMEN_WEIGHTS_DIR"
    assert EmbedderSettings.service_name() == "embedder"
