"""`fer-keras predict` from its words to its lines: many inputs, bad ones among them, every output."""

import csv
import json
import os
import pathlib
import subprocess
import sys

import pytest
from PIL import Image

from fer_keras.commands import predict
from fer_keras.commands.main import main
from tests.inference.fakes import TWO


def test_a_bad_file_is_one_line_and_the_others_are_predicted(here, capsys):
    assert main(["predict", "photos", "gone.jpg"]) == 1
    said = capsys.readouterr()
    assert [line.partition(":")[0] for line in said.out.splitlines()] == [
        *(f"photos{os.sep}{name}" for name in ("a.png", "a.png", "b.png", "d.webp", "d.webp"))
    ]
    assert said.out.splitlines()[2].endswith("no face found (--no-detect takes the whole photo)")
    errors = said.err.splitlines()
    assert errors[0].startswith("error: Expected a photo that Pillow can read") and errors[0].endswith("text.")
    assert errors[1:] == [
        "error: Expected a photo at gone.jpg. Received: No such file or directory.",
        "2 of 5 inputs could not be predicted.",
    ]


def test_json_is_an_object_a_line_and_is_written_whole(here, capsys):
    assert main(["predict", "photos/*.png", "--format", "json", "--out", "found/x.jsonl", "--largest"]) == 0
    first, second = map(json.loads, pathlib.Path("found/x.jsonl").read_text().splitlines())
    assert (first["box"], first["emotion"], second["emotion"]) == ([100, 40, 60, 60], "sad", None)
    assert os.listdir("found") == ["x.jsonl"]
    assert capsys.readouterr().out == ""


def test_csv_has_one_header(here, capsys):
    assert main(["predict", "photos/a.png", "photos/d.webp", "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert [row["face"] for row in rows] == ["0", "1", "0", "1"]


def test_without_detection_the_whole_photo_is_labelled(here, capsys):
    assert main(["predict", "photos/b.png", "--no-detect"]) == 0
    assert capsys.readouterr().out == "photos/b.png: sad (84.31% confidence)\n"


def test_names_too_long_or_empty_are_inputs_that_could_not_be_predicted(here, capsys):
    assert main(["predict", "x" * 300 + ".jpg", "", "photos/a.png"]) == 1
    first, second, _ = capsys.readouterr().err.splitlines()
    assert first.endswith("Received: File name too long.")
    assert second == "error: Expected a file, folder, wildcard or camera number. Received: an empty name."
    for flag in ("--out", "--draw", "--timeline", "--model"):
        with pytest.raises(SystemExit):
            main(["predict", "photos/a.png", flag, ""])
        assert f"argument {flag}: expected a path, received an empty one" in capsys.readouterr().err


def test_an_address_has_to_be_downloaded_and_a_camera_to_be_there(here, capsys):
    assert main(["predict", "https://example.org/me.jpg", "98"]) == 1
    errors = capsys.readouterr().err.splitlines()
    assert errors[0].endswith("Received: the address https://example.org/me.jpg. Download it first.")
    assert "98" in errors[1] and len(errors) == 3


@pytest.mark.parametrize(
    ("words", "model", "inputs"),
    [
        (["model.keras", "me.jpg"], "model.keras", ["me.jpg"]),
        (["model.tflite", "me.jpg"], "model.tflite", ["me.jpg"]),
        (["me.jpg", "you.jpg"], None, ["me.jpg", "you.jpg"]),
        (["--model", "x.keras", "me.jpg"], "x.keras", ["me.jpg"]),
        (["run", "me.jpg"], "run", ["me.jpg"]),
    ],
)
def test_a_model_may_come_first(tmp_path, monkeypatch, words, model, inputs):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.keras").touch()
    found, rest = predict._split(predict._parser().parse_args(words))
    assert (found and str(found), rest) == (model, inputs)


def test_a_model_alone_is_told_what_is_missing(capsys):
    assert main(["predict", "model.keras"]) == 2
    assert capsys.readouterr().err == "error: Expected a photo after the model. Received: none.\n"


@pytest.mark.parametrize("flag", [["--smooth", "-1"], ["--max-pixels", "many"], ["--seconds", "inf"]])
def test_numbers_out_of_range_are_refused(flag, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["predict", "me.jpg", *flag])
    assert ended.value.code == 2 and "number from 0 up" in capsys.readouterr().err


PROGRAM = """
import sys
from fer_keras.api import classifier
from tests.inference.fakes import finding
classifier.load_model = lambda path=None, **how: finding()
from fer_keras.commands.main import main
raise SystemExit(main(sys.argv[1:]))
"""
ROOT = pathlib.Path(__file__).resolve().parents[2]


def program(*words, encoding="utf-8", pipe=""):
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": encoding}
    if pipe:
        line = f"{sys.executable} -c '{PROGRAM}' {' '.join(words)} {pipe}"
        return subprocess.run(line, shell=True, env=env, capture_output=True)
    return subprocess.run([sys.executable, "-c", PROGRAM, *words], env=env, capture_output=True)


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "cp1251"])
@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_console_that_lacks_a_letter_shows_its_number(here, encoding, form):
    for name in ("é☺я.png", "gone-☺.png"):
        Image.fromarray(TWO).save(name) if "gone" not in name else None
    done = program("predict", "é☺я.png", "gone-☺.png", "--format", form, encoding=encoding)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr and b"gone-\\u263a.png" in done.stderr
    assert b"\\u263a" in done.stdout
    if form == "json":
        assert json.loads(done.stdout.splitlines()[0])["file"] == "é☺я.png"


@pytest.mark.skipif(os.name == "nt", reason="a shell's pipe")
@pytest.mark.parametrize("form", ["text", "json", "csv"])
def test_a_pipe_that_is_closed_early_ends_it_quietly(here, form):
    Image.fromarray(TWO).save("a.png")
    done = program("predict", *["a.png"] * 3000, "--format", form, pipe="| head -1")
    assert done.stdout.count(b"\n") == 1 and done.stderr == b""
