import pathlib

import pytest
from PIL import Image

from fer_keras.api import classifier as api
from tests.inference.fakes import TWO, finding, scene


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with photos, good and bad, and a model that needs no file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "load_model", lambda path=None, **how: finding(detect=how.get("detect")))
    (tmp_path / "photos").mkdir()
    Image.fromarray(TWO).save("photos/a.png")
    Image.fromarray(scene(200, 120)).save("photos/b.png")
    pathlib.Path("photos/c.jpg").write_text("no photo")
    Image.fromarray(TWO).save("photos/d.webp", lossless=True)
    return tmp_path
