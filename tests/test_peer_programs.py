"""The packages that benchmarks.inference measures beside ours: what is missing is one line, and every face gets an answer."""

import io
import json
import re
import shutil
import sys
import types

import numpy as np
import pytest

from benchmarks import fer_package, inference, peers
from fer_keras.io.errors import UserError

FACES = np.arange(20, dtype=np.uint8).repeat(48 * 48).reshape(20, 48, 48)
ECHO = "import sys; [print({answer}, flush=True) for count, times in map(str.split, sys.stdin)]"
PRODUCT = "int(count) * int(times)"


def faces_in(folder):
    path = folder / "faces"
    path.write_bytes(FACES.tobytes())
    return path


def peer(answer=PRODUCT):
    return peers.Peer("made up 1", (sys.executable, "-c", ECHO.format(answer=answer)), "It counts.")


def packages(folder, **programs):
    """Write each of the packages with its program, empty where none is given."""
    for name in peers.NPM:
        place = folder / "node_modules" / name
        place.mkdir(parents=True)
        (place / "package.json").write_text(json.dumps({"name": name, "version": "1.2.3", "main": "main.js"}))
        (place / "main.js").write_text(programs.get(name.split("/")[1].replace("-", "_"), ""))
    return folder


def test_a_python_that_is_not_there_or_has_no_fer_is_one_line(tmp_path):
    advice = re.escape(
        "Make an environment for it: python3 -m venv FOLDER && FOLDER/bin/pip install fer 'setuptools<81'"
    )
    with pytest.raises(
        UserError, match=rf"^Expected a Python with fer at .*/none\. Received: No such file.* {advice}$"
    ):
        peers.fer(str(tmp_path / "none"))
    with pytest.raises(UserError, match=rf"Received: .*PackageNotFoundError: .* {advice}$"):
        peers.fer(sys.executable)


def test_without_node_or_a_package_face_api_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: sys.executable)
    install = "npm install --prefix .* @vladmandic/face-api @tensorflow/tfjs @tensorflow/tfjs-backend-wasm"
    with pytest.raises(
        UserError, match=rf"^Expected @vladmandic/face-api in .*\. Received: no such package\. Run: {install}$"
    ):
        peers.face_api(tmp_path)
    shutil.rmtree(packages(tmp_path) / "node_modules" / peers.NPM[2])
    with pytest.raises(UserError, match=r"^Expected @tensorflow/tfjs-backend-wasm in "):
        peers.face_api(tmp_path)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(UserError, match=r"no program node\. Install Node\.js"):
        peers.face_api(tmp_path)


def test_the_benchmark_ends_in_that_line(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["inference", "--peers", str(tmp_path / "none")])
    monkeypatch.setattr(inference.runtime, "prepare", lambda training: None)
    assert inference.main() == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: Expected a Python with fer at ") and err.count("\n") == 1


def test_a_start_is_of_a_program_that_answers_for_one_face(tmp_path):
    assert peer().start(faces_in(tmp_path)) > 0
    with pytest.raises(UserError, match=r"^Expected one answer of made up 1 for one face\. Received: 0\.$"):
        peer("0").start(tmp_path)
    with pytest.raises(UserError, match=r"^Expected made up 1\. Received: ZeroDivisionError: "):
        peer("1 / 0").start(tmp_path)


def test_every_face_must_get_its_answer(tmp_path):
    with peer().answering(faces_in(tmp_path)) as classify:
        assert (classify(1), classify(256)) == (peers.CALLS, 256)
    with (
        pytest.raises(RuntimeError, match="Expected 256 answers of made up 1. Received: 7"),
        peer("7").answering(tmp_path) as ask,
    ):
        ask(256)


def test_fer_is_given_the_faces_in_one_picture_with_their_boxes(tmp_path, monkeypatch, capsys):
    given = []

    class Detector:
        def detect_emotions(self, picture, face_rectangles):
            given.append([picture[y : y + h, x : x + w] for x, y, w, h in face_rectangles])
            return face_rectangles

    monkeypatch.setitem(sys.modules, "fer", types.ModuleType("fer"))
    monkeypatch.setitem(sys.modules, "fer.fer", types.SimpleNamespace(FER=Detector))
    monkeypatch.setattr(sys, "argv", ["fer_package", str(faces_in(tmp_path))])
    monkeypatch.setattr(sys, "stdin", io.StringIO("1 2\n20 1\n"))
    fer_package.main()
    assert capsys.readouterr().out == "2\n20\n"
    assert [len(faces) for faces in given] == [1, 1, 20]
    assert (np.array(given[2]) == FACES[..., None]).all()


@pytest.mark.skipif(not shutil.which("node"), reason="needs Node.js")
def test_face_api_is_given_the_faces_in_colour_as_one_batch(tmp_path):
    """The packages are made up: one that counts answers only faces whose pixels are the file's."""
    tfjs = "exports.setBackend = async (name) => name === 'wasm'; exports.ready = async () => {}; exports.dispose = () => {};"
    tfjs += "exports.tensor3d = (pixels, shape, type) => ({ pixels, shape, type });"
    folder = packages(tmp_path, tfjs=tfjs)
    net = """
      const right = ({ pixels, shape, type }, n) => type === 'int32' && shape.join() === '48,48,3'
        && pixels.length === 48 * 48 * 3 && pixels.every((value) => value === n);
      exports.nets = { faceExpressionNet: {
        loadFromDisk: async (folder) => { if (!folder.endsWith('face-api/model')) throw new Error(folder); },
        predictExpressions: async (faces) => faces.map((face, n) => ({ happy: right(face, n) ? 1 : NaN })),
      } };
    """
    program = folder / "node_modules" / "@vladmandic" / "face-api" / "dist" / "face-api.node-wasm.js"
    program.parent.mkdir()
    program.write_text(net)
    found = peers.face_api(folder)
    assert found.title == "face-api 1.2.3"
    assert "TensorFlow.js 1.2.3" in found.remark
    assert found.start(faces_in(tmp_path)) > 0
    with found.answering(faces_in(tmp_path)) as classify:
        assert classify(20) == 20
