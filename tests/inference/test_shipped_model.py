"""The model of the package: its file is the recorded one, it predicts offline, and it is worth what its record says."""

import hashlib
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest

import fer_keras
from fer_keras import pretrained

RECORD = json.loads((pretrained.FOLDER / pretrained.RECORD).read_text())
DATA = pathlib.Path(os.environ.get("FER2013") or pathlib.Path(__file__).resolve().parents[2] / "data" / "fer2013.csv")


@pytest.fixture(scope="module")
def model():
    return fer_keras.load_model()


def test_the_file_is_the_recorded_one():
    content = pretrained.model_file().read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (RECORD["file"]["bytes"], RECORD["file"]["sha256"])
    assert abs(RECORD["recomputed"]["accuracy"] - RECORD["metrics"]["test"]["accuracy"]) <= 0.001


def test_it_predicts_drawn_faces_one_by_one_as_together(model, toy):
    faces = toy.where("private").images[:5]
    together = model.probabilities(faces)
    assert together.shape == (5, 7) and model.class_names == toy.class_names
    np.testing.assert_allclose(together.sum(1), 1, atol=1e-3)
    np.testing.assert_allclose(together, [model.probabilities(face[None])[0] for face in faces], atol=1e-4)


def test_it_needs_no_tensorflow_and_no_network():
    program = (
        "import socket, sys; socket.socket.connect = None; import numpy as np, fer_keras\n"
        "print(len(fer_keras.load_model().predict(np.full((48, 48), 128, np.uint8), detect=False)))\n"
        "assert not {'tensorflow', 'keras', 'cv2', 'sklearn'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not DATA.exists(), reason="needs FER2013: $FER2013 or data/fer2013.csv")
def test_on_privatetest_it_is_as_accurate_as_recorded(model):
    private = fer_keras.load_dataset(str(DATA)).where("private")
    accuracy = (model.probabilities(private.images).argmax(1) == private.labels).mean()
    assert accuracy == pytest.approx(RECORD["metrics"]["test"]["accuracy"], abs=0.001)
