"""What a real client of reflection makes of it."""

import asyncio
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.common.wire.test_server import NAME, SETTINGS, application
from tests.serving import serving

FOLDER = Path(__file__).resolve().parents[3] / "build" / "bin"
PACKAGE = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4"


@pytest.fixture(scope="session")
def grpcurl() -> str:
    """Return grpcurl, where it is; installed with Go otherwise."""
    search = os.pathsep.join((str(FOLDER), os.environ.get("PATH", "")))
    if found := shutil.which("grpcurl", path=search):
        return found
    go = shutil.which("go")
    if go is None:
        pytest.skip("neither grpcurl nor Go, which can install it, is here")
    FOLDER.mkdir(parents=True, exist_ok=True)
    # Built in a third less time without optimization.
    try:
        made = subprocess.run(
            [go, "install", "-gcflags=all=-N -l", "-ldflags=-w", PACKAGE],
            env={**os.environ, "GOBIN": str(FOLDER)},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("go install of grpcurl took too long")
    if made.returncode != 0:
        pytest.skip(f"go install of grpcurl failed: {made.stderr.strip().splitlines()[-1:]}")
    return str(FOLDER / "grpcurl")


async def run(grpcurl: str, *arguments: str) -> str:
    done = await asyncio.to_thread(
        subprocess.run, [grpcurl, "-plaintext", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_grpcurl_lists_and_describes_with_comments(grpcurl: str) -> None:
    async with serving(SETTINGS, application()) as target:
        assert NAME in (await run(grpcurl, target, "list")).split()
        assert f"{NAME}.GetLibrary" in (await run(grpcurl, target, "list", NAME)).split()
        service = await run(grpcurl, target, "describe", NAME)
        assert "rpc GetLibrary ( .albumen.catalog.v1.GetLibraryRequest )" in service
        # The contract's own words.
        assert "// " in service
        method = await run(grpcurl, target, "describe", f"{NAME}.GetLibrary")
        assert "GetLibraryRequest" in method
        assert "// " in method
        message = await run(grpcurl, target, "describe", "albumen.catalog.v1.Library")
        assert "display_name" in message
        for service in ("grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"):
            assert "is a service" in await run(grpcurl, target, "describe", service)


async def test_grpcurl_calls_by_reflection(grpcurl: str) -> None:
    async with serving(SETTINGS, application()) as target:
        answer = await run(grpcurl, "-d", '{"name": "libraries/default"}', target, f"{NAME}/GetLibrary")
        assert json.loads(answer) == {}
        health = await run(grpcurl, target, "grpc.health.v1.Health/Check")
        assert json.loads(health) == {"status": "SERVING"}
