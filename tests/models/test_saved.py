import subprocess
import sys

import keras
import pytest

from fer_keras.io.errors import UserError
from fer_keras.layers.squeeze_excite import SqueezeExcite
from fer_keras.models import saved


def test_a_process_that_imported_no_layer_can_load(tmp_path):
    image = keras.Input((4, 4, 8))
    keras.Model(image, SqueezeExcite(2)(image), name="squeezed").save(tmp_path / "model.keras")
    program = f"from fer_keras.models import saved; print(saved.load({str(tmp_path / 'model.keras')!r}).name)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "squeezed"


@pytest.mark.parametrize("content", [None, b"", b"not a zip"])
def test_refuses_what_is_no_model(tmp_path, content):
    path = tmp_path / "model.keras"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match="Expected a model saved by Keras at .*model.keras. Received: "):
        saved.load(path)
