import json
import subprocess
import sys

import numpy as np
import pytest

from fer_keras.commands.gan import main
from fer_keras.data import generated
from fer_keras.data.readers import toy
from fer_keras.studies.gan.make import Progress

FORBIDDEN = "import sys; bad = {'tensorflow', 'keras', 'numpy'} & set(sys.modules); sys.exit(repr(bad) if bad else 0)"


def test_help_loads_nothing_heavy_and_names_every_flag():
    words = [sys.executable, "-c", f"import fer_keras.commands.gan; {FORBIDDEN}"]
    assert subprocess.run(words, capture_output=True, timeout=120).returncode == 0
    printed = subprocess.run(
        [sys.executable, "-m", "fer_keras.gan", "--help"], capture_output=True, text=True, timeout=120
    )
    flags = "--data --class --faces --epochs --seed --split --allow-unofficial --out"
    assert [flag for flag in flags.split() if flag not in printed.stdout] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--faces", "0"], "--faces of at least 1"),
        (["--epochs", "0"], "--epochs of at least 1"),
        (["--data", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_bad_input_is_one_line_and_code_2(words, says, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    assert main(words) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow
def test_the_demo_leaves_everything_and_the_same_command_trains_no_more(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    words = ["--class", "surprise", "--epochs", "1", "--faces", "14", "--seed", "5"]
    assert main(words) == 0
    assert "demo on drawn faces" in capsys.readouterr().out
    folder = tmp_path / "runs" / "gan_surprise-demo-seed5"
    names = {path.name for path in folder.iterdir()} - {".lock"}
    pictures = {"samples.png", "nearest.png"}
    assert names == {"generated.npz", "generator.keras", "gan.json", "page.md", "checkpoint.npz"} | pictures
    made, record = generated.load(folder / "generated.npz"), json.loads((folder / "gan.json").read_text())
    train = toy.toy_faces().where("train")
    seen = train.take(train.labels == 5)
    assert (made.class_name, made.seed, made.images.shape) == ("surprise", 5, (14, 48, 48, 1))
    assert (made.fingerprint, made.rows.tolist()) == (seen.fingerprint, seen.rows.tolist())
    assert record["sha256"] == made.sha256
    assert record["data"]["rows"] == len(seen)
    assert record["held_name"] == "PublicTest"
    generated.require_seen(made, train)

    assert main([*words[:4], "--faces", "3", "--seed", "5"]) == 0
    assert "Epoch" not in capsys.readouterr().out
    again = generated.load(folder / "generated.npz")
    assert len(again) == 3
    assert np.abs(again.images.astype(int) - made.images[:3].astype(int)).max() <= 1


def test_progress_says_every_twentieth_epoch_and_the_last(capsys):
    tell = Progress()
    for epoch in range(1, 61):
        tell(epoch, 60, {"discriminator": 1.0, "generator": 2.0}, 90.0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/60: discriminator 1.000, generator 2.000; 1 min 30 s left"
    assert [int(line.split("/")[0].split()[1]) for line in lines] == [1, *range(3, 61, 3)]
