from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from clients.cli.__main__ import main
from clients.cli.connection import Catalog, Session
from tests.clients.fake_catalog import FakeCatalog


@dataclass(frozen=True)
class Finished:
    exit_code: int
    out: str
    err: str


Run = Callable[..., Finished]


@pytest.fixture
def fake() -> Iterator[FakeCatalog]:
    catalog = FakeCatalog()
    yield catalog
    catalog.close()


@pytest.fixture
def catalog(fake: FakeCatalog) -> Iterator[Catalog]:
    connection = Catalog(Session(target=fake.target, library="default"))
    yield connection
    connection.close()


@pytest.fixture
def run(fake: FakeCatalog, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("ALBUMEN_CATALOG_TARGET", fake.target)

    def invoke(*arguments: str) -> Finished:
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int), code
        return Finished(code, out, err)

    return invoke


@pytest.fixture
def photo(tmp_path: Path) -> Callable[..., Path]:
    """Makes a picture; pictures of different colours have different bytes."""

    def make(name: str, color: tuple[int, int, int] = (90, 120, 150), size: tuple[int, int] = (64, 48)) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, color).save(path, "PNG" if path.suffix == ".png" else "JPEG")
        return path

    return make
