from pathlib import Path

import pytest
from pydantic import ValidationError

from services.common.errors import AlbumenError, Reason
from services.embedder.__main__ import build
from services.embedder.settings import EmbedderSettings


def test_a_queue_that_the_largest_request_never_fits_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"a request may have 256 faces .* only 100 may wait"):
        EmbedderSettings(queue=100)


@pytest.mark.parametrize("model", ["no-such-model", "centerface"])
async def test_a_model_that_embeds_no_faces_is_told(weights_dir: Path, model: str) -> None:
    application = build(EmbedderSettings(listen="127.0.0.1:0", weights_dir=weights_dir, model=model))
    with pytest.raises(AlbumenError, match=f"{model}.*facenet-20180408") as caught:
        await application.start()
    assert caught.value.reason is Reason.MODEL_UNAVAILABLE
    await application.close()


async def test_weights_that_were_not_pulled_are_told(tmp_path: Path) -> None:
    application = build(EmbedderSettings(listen="127.0.0.1:0", weights_dir=tmp_path, model="facenet-20180408"))
    with pytest.raises(AlbumenError, match=r"facenet-20180408\.onnx is missing.*albumen-models pull"):
        await application.start()
    await application.close()
