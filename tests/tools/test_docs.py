import re

import pytest

from tools.docs import CONFIGURATION, EXPORT, configuration, export
from tools.protoc import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "models" / "README.md"])


def test_the_configuration_page_is_fresh() -> None:
    assert CONFIGURATION.read_text() == configuration(), "run `make docs`"


def test_the_page_of_exports_is_fresh() -> None:
    assert EXPORT.read_text() == export(), "run `make docs`"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: "object") -> None:
    from pathlib import Path

    assert isinstance(page, Path)
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"
