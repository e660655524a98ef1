from pathlib import Path

import pytest

from models.entries import Task
from services.common.errors import Reason, UnavailableError
from services.common.model_choice import choose_model


def test_a_caller_is_not_told_where_the_servers_files_are(tmp_path: Path) -> None:
    for content in (None, "models = 3 = 4"):
        file = tmp_path / "mine.toml"
        if content is not None:
            file.write_text(content)
        with pytest.raises(UnavailableError, match=r"mine\.toml") as caught:
            choose_model(Task.OBJECT_DETECTION, None, file)
        assert caught.value.reason is Reason.MODEL_UNAVAILABLE
        assert str(tmp_path) not in caught.value.message
