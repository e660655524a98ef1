import pytest

from tests.common.decoding.own_children import begin


@pytest.fixture(autouse=True)
def _others() -> None:
    begin()
