"""A package index and an npm registry on this machine, which the real clients talk to over HTTP."""

import base64
import hashlib
import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME, VERSION = "albumen-test-weights", "1.0"
WHEEL = "albumen_test_weights-1.0-py3-none-any.whl"
TARBALL = "albumen-test-weights-1.0.0.tgz"


def wheel(members: dict[str, bytes], project: str = "albumen_test_weights") -> bytes:
    info = f"{project}-1.0.dist-info"
    metadata = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project}\nVersion: {VERSION}\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in (members | metadata).items():
            member = zipfile.ZipInfo(name)
            member.external_attr = 0o100755 << 16
            archive.writestr(member, data)
    return file.getvalue()


def tarball(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    manifest = json.dumps({"name": NAME, "version": "1.0.0"}).encode()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in ({"package/package.json": manifest} | members).items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return file.getvalue()


class LocalRegistry(ThreadingHTTPServer):
    """Serves files; counts how often each was asked for; while `stalled` is set, sends only half of one."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.files = files
        self.served: list[str] = []
        self.stalled = False
        self.half_sent = threading.Event()
        self.released = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: LocalRegistry

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        if name in self.server.files:
            self._file(name, self.server.files[name])
        elif self.path.startswith("/simple/"):
            links = "".join(f'<a href="/files/{file}">{file}</a>' for file in self.server.files)
            self._answer(f"<!DOCTYPE html><html><body>{links}</body></html>".encode(), "text/html")
        elif self.path == f"/{NAME}":
            self._answer(json.dumps(self._packument()).encode(), "application/json")
        else:
            self.send_error(404)

    def _packument(self) -> dict[str, object]:
        digest = base64.b64encode(hashlib.sha512(self.server.files[TARBALL]).digest()).decode()
        dist = {"tarball": f"{self.server.url}/files/{TARBALL}", "integrity": f"sha512-{digest}"}
        version = {"name": NAME, "version": "1.0.0", "dist": dist}
        return {"name": NAME, "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}

    def _file(self, name: str, data: bytes) -> None:
        self.server.served.append(name)
        if not self.server.stalled:
            self._answer(data, "application/octet-stream")
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        self.server.half_sent.set()
        self.server.released.wait(60)
        self.close_connection = True

    def _answer(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving_registry(files: dict[str, bytes]) -> Iterator[LocalRegistry]:
    with LocalRegistry(files) as registry:
        thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield registry
        finally:
            registry.released.set()
            registry.shutdown()
            thread.join()
