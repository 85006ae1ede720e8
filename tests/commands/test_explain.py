"""`fer-keras explain` from its words to its picture, bad inputs among them."""

import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from fer_keras.api import classifier as api
from fer_keras.commands.main import main
from tests.inference.fakes import TWO, finding, scene


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with photos, good and bad, and a model that needs no file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(api, "load_model", lambda path=None, **how: finding(detect=how.get("detect")))
    Image.fromarray(TWO).save("two.png")
    Image.fromarray(scene(200, 120)).save("none.png")
    pathlib.Path("text.jpg").write_text("no photo")
    return tmp_path


def test_the_largest_face_is_explained_beside_the_photo(here, capsys):
    assert main(["explain", "two.png", "--true", "happy"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "sad 0.65, true class happy 0.35"
    assert [line.split(":")[0] for line in lines[1:3]] == ["  occlusion, sad", "  occlusion, happy"]
    assert lines[-1] == "Picture: two_explained.png"
    assert Image.open("two_explained.png").mode == "RGB"


def test_json_is_an_object_a_face(here, capsys):
    assert main(["explain", "two.png", "--all-faces", "--format", "json", "--out", "out/all.png"]) == 0
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["file"], first["box"], second["box"]) == ("two.png", [100, 40, 60, 60], [10, 20, 30, 30])
    assert first["notes"] == [
        "occlusion only: this file gives no gradients (a run or its model.keras gives Grad-CAM and attention)"
    ]
    assert os.listdir("out") == ["all.png"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["gone.jpg"], "Expected a photo at gone.jpg. Received: No such file or directory."),
        (["text.jpg"], "Expected a photo that Pillow can read at text.jpg. Received: text."),
        (
            ["none.png"],
            "Expected a face in none.png. Received: none. Give --no-detect (detect=False) to take its central square"
            " as one.",
        ),
        (["two.png", "--true", "bored"], "Expected a class of the model (sad, happy). Received: 'bored'."),
        (
            ["two.png", "--layer", "conv"],
            "Expected a run or its model.keras, for a layer's Grad-CAM. Received: a model without gradients.",
        ),
        (["two.png", "--out", "x.jpg"], "Expected a name that ends in .png for --out. Received: x.jpg."),
        (
            ["two.png", "--out", "two.png"],
            "Expected another place than the photo itself for --out. Received: two.png.",
        ),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(here, capsys, words, message):
    before = sorted(os.listdir())
    assert main(["explain", *words]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"error: {message}\n")
    assert sorted(os.listdir()) == before


def test_a_full_folder_leaves_no_half_picture(here, capsys):
    pathlib.Path("file").write_text("in the way")
    assert main(["explain", "two.png", "--out", "file/x.png"]) == 2
    assert capsys.readouterr().err.startswith("error: Cannot write file/x.png")


def test_an_array_is_explained_and_its_face_is_what_the_network_gets():
    (found,) = finding().explain(TWO)
    assert found.source is None and found.box == (100, 40, 60, 60)
    assert found.face.shape == (8, 8, 1) and np.all(found.face == 90)
    (whole,) = finding().explain(np.full((8, 8), 7, np.uint8), detect=False)
    assert whole.box is None and np.all(whole.face == 7)


def test_the_model_of_the_package_needs_no_tensorflow(tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)).save(tmp_path / "face.png")
    program = (
        "import sys; from fer_keras.commands.main import main; code = main(['explain', 'face.png', '--true', 'happy'])"
        "; print(code, 'tensorflow' in sys.modules, 'keras' in sys.modules, 'matplotlib' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ended.stdout.splitlines()[-1] == "0 False False False"
    assert any(line.startswith("  occlusion only: ") for line in ended.stdout.splitlines())
