"""The command line, as a user runs it."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import onnx
import pytest

from models.entries import Task
from models.manifest import Manifest

FULL = Path("/dev/full")


def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "models", *map(str, arguments)]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment or None)


def run_without_rights(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it as a user whom permissions bind: root gives up its rights first."""
    code = (
        "import ctypes, os, sys\n"
        "if os.geteuid() == 0:\n"
        "    for capability in range(64): ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)\n"
        "    os.setgroups([])\n"
        "    ctypes.CDLL(None).prctl(28, 1, 0, 0, 0)\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'models', *sys.argv[1:]])"
    )
    command = [sys.executable, "-c", code, *arguments]
    environment |= {"PATH": os.environ["PATH"]}
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment)


def test_pull_is_one_quiet_line_when_all_is_there(weights: Path) -> None:
    result = run("pull", "--weights-dir", weights)
    assert result.returncode == 0
    assert result.stdout == f"Ready: 3 models, 46.7 MB, already in {weights}\n"
    assert result.stderr == ""


def test_list_shows_every_model_and_its_state(weights: Path, tmp_path: Path, manifest: Manifest) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    for task in Task:
        (folder / manifest.default(task).file).symlink_to(weights / manifest.default(task).file)
    for place, ready in ((folder, len(Task)), (tmp_path, 0)):
        result = run("list", "--weights-dir", place)
        assert result.returncode == 0
        assert all(model.id in result.stdout for model in manifest.models)
        assert result.stdout.count("  ready") == ready
        assert result.stdout.count("  missing") == len(manifest.models) - ready


def test_verify_fails_and_says_what_to_do(weights: Path, tmp_path: Path) -> None:
    assert run("verify", "--weights-dir", weights).returncode == 0
    (tmp_path / "centerface.onnx").write_bytes(b"half a file")
    result = run("verify", "--weights-dir", tmp_path)
    assert result.returncode == 1
    assert "damaged" in result.stdout
    assert "missing" in result.stdout
    assert "albumen-models pull" in result.stdout


def test_the_models_are_those_that_the_services_are_set_to_use(weights: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "ALBUMEN_EMBEDDER_MODEL": "facenet-20180408"}
    result = run("verify", "--weights-dir", weights, **environment)
    assert "facenet-20180408.onnx" in result.stdout
    assert "facenet-20180408-int8.onnx" not in result.stdout
    assert result.stdout.count(".onnx") == 3


def test_an_unknown_model_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    result = run("pull", "no-such-model", "--weights-dir", tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: there is no model 'no-such-model'")
    assert "Traceback" not in result.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="needs a user without rights")
def test_a_folder_of_another_user_is_one_line_that_names_it_and_its_setting(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir(mode=0o755)
    folder.chmod(0o555)
    tmp_path.chmod(0o755)
    for setting in ("ALBUMEN_DOWNLOADS_DIR", "ALBUMEN_WEIGHTS_DIR"):
        folders = {name: str(tmp_path) for name in ("ALBUMEN_DOWNLOADS_DIR", "ALBUMEN_WEIGHTS_DIR")}
        result = run_without_rights("pull", **folders | {setting: str(folder / "new")})
        assert result.returncode == 1
        assert result.stderr == (
            f"Error: cannot write to the folder {folder / 'new'}: {folder} is not writable. Give this user write "
            f"access, or set {setting} to another folder.\n"
        )
    assert not any(folder.iterdir())


def run_into(stdout: Path | None, stderr: Path | None, *arguments: str | Path) -> tuple[int, str]:
    """Run it with one of its streams led elsewhere; return its exit code, and what it told on the other one."""
    command = [sys.executable, *(("-m", "models") if arguments[0] != "-c" else ()), *map(str, arguments)]
    with ExitStack() as opened:
        out, err = (path and opened.enter_context(path.open("w")) for path in (stdout, stderr))
        done = subprocess.run(
            command, check=False, stdout=out or subprocess.PIPE, stderr=err or subprocess.PIPE, text=True
        )
    return done.returncode, (done.stdout or "") + (done.stderr or "")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_what_is_told_on_the_side_and_finds_no_room_changes_nothing(weights: Path, tmp_path: Path) -> None:
    step = """
from rich.console import Console
from models.console import let_messages_get_lost
from models.progress import PullProgress
from models.pull import Step
let_messages_get_lost()
with PullProgress(Console(stderr=True)) as progress:
    progress.observe(Step("fetch", "a model", 1, 2))
"""
    assert run_into(None, FULL, "-c", step) == (0, "")
    assert run_into(None, FULL, "verify", "--weights-dir", weights)[0] == 0
    assert run_into(None, FULL, "pull", "no-such-model", "--weights-dir", tmp_path) == (1, "")
    assert run_into(None, FULL, "nonsense") == (2, "")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_an_answer_that_finds_no_room_is_one_clear_line(weights: Path) -> None:
    for arguments in (("verify", "--weights-dir", weights), ("list",), ("pull", "--weights-dir", weights), ("--help",)):
        code, told = run_into(FULL, None, *arguments)
        assert (code, told) == (1, "Error: the answer cannot be written: No space left on device\n"), arguments


@pytest.mark.usefixtures("weights")
def test_every_file_says_where_it_is_from(weights: Path, manifest: Manifest) -> None:
    for model in map(manifest.default, Task):
        loaded = onnx.load(weights / model.file, load_external_data=False)
        metadata = {prop.key: prop.value for prop in loaded.metadata_props}
        assert metadata["source"] == model.source
        assert metadata["license"] == model.license
        assert metadata["version"] == model.version
        assert metadata["source_sha256"] == model.source_sha256
        if model.embedding:
            assert metadata["embedding_space"] == model.embedding.space
