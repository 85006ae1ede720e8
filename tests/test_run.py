"""Whole programs, run as a user runs them, in a folder of their own."""

import json
import os
import pathlib
import runpy
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

SMOKE = ("--profile", "smoke")
ROOT = pathlib.Path(__file__).resolve().parents[1]

RELOAD = """
import sys, numpy as np, tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
found = loaded.serve(tf.constant(np.load(sys.argv[2])))
assert not any(name.startswith("fer_keras") for name in sys.modules), "needs the package"
np.savez(sys.argv[3], **{key: np.array(value.numpy().tolist()) for key, value in found.items()})
"""


def run(folder, *words, **environment):
    clean = {key: value for key, value in os.environ.items() if key != "FER2013"}
    env = clean | {"PYTHONPATH": str(ROOT), "FER_KERAS_CACHE": str(folder / "cache")} | environment
    return subprocess.run([sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=900)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The hybrid ResNet50 on drawn faces, every phase: the README's first command without what it trains first.

    That comes before in tests/api/test_start.py, on a smaller network; what the whole of it learns, and in how many
    minutes, is for `python -m benchmarks.demo`.
    """
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "-m", "experiments.hybrid_resnet50", *SMOKE)
    assert done.returncode == 0, done.stderr
    return folder, done, folder / "runs" / "hybrid_resnet50-demo-smoke-seed0"


@pytest.mark.slow
def test_the_demo_says_where_data_is_to_be_had_and_when_it_will_be_done(demo):
    printed = demo[1].stdout
    assert "No FER2013 found" in printed
    assert "Kaggle" in printed
    assert "Estimated time to train" in printed


@pytest.mark.slow
def test_nothing_is_said_that_is_not_for_the_user_and_no_line_is_redrawn_in_a_file(demo):
    done = demo[1]
    assert done.stderr == ""
    assert not {"\r", "\x1b"} & set(done.stdout)


@pytest.mark.slow
def test_the_demo_goes_through_every_phase_and_writes_a_record(demo):
    record = json.loads((demo[2] / "record.json").read_text())
    phases = ["frozen", "unfreeze-160", "unfreeze-140", "unfreeze-100", "head"]
    assert [row["phase"] for row in record["history"]] == phases
    assert record["parameters"]["total"] == 26_477_424
    trainable = {phase["name"]: phase["trainable"] for phase in record["parameters"]["phases"]}
    assert trainable == {
        "frozen": 2_889_712,
        "unfreeze-160": 8_399_856,
        "unfreeze-140": 17_843_184,
        "unfreeze-100": 22_305_776,
        "head": 2_889_712,
    }
    assert record["data"]["synthetic"] is True
    assert [entry["split"] for entry in record["access"]] == ["PrivateTest"]
    assert [split for split in record["predictions"]["splits"] if split.startswith("select")] == ["select"]
    assert (record["run"], record["command"]) == (demo[2].name, [*SMOKE])


@pytest.mark.slow
def test_every_page_of_the_demo_says_that_its_faces_are_drawn(demo):
    page = (demo[2] / "report.md").read_text().lower()
    assert "synthetic" in page
    assert "nothing on this page is comparable with any paper" in page


@pytest.mark.slow
def test_the_saved_model_needs_nothing_of_this_package(demo, tmp_path):
    from fer_keras.data.readers.toy import toy_faces
    from fer_keras.runs import predictions
    from fer_keras.runs.record import read_facts

    folder = demo[2]
    test = toy_faces().where("private")
    np.save(tmp_path / "faces.npy", test.images[:20])
    done = run(tmp_path, "-c", RELOAD, str(folder / "saved_model"), "faces.npy", "found.npz", PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    record = read_facts(folder)
    ours = predictions.read(folder, record)["test"]
    with np.load(tmp_path / "found.npz") as found:
        assert ours["rows"][:20].tolist() == test.rows[:20].tolist()
        trained_in = record["environment"]["precision"]
        within = 1e-5 if trained_in.startswith("float32") else 0.01  # what is exported is float32 whatever was trained
        kept = 2.0**-predictions.MANTISSA_BITS
        np.testing.assert_allclose(found["probabilities"], ours["probabilities"][:20], atol=within, rtol=kept)
        names = found["class_names"][0].astype(str).tolist()
        assert names == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
        assert found["label"].astype(str).tolist() == [names[i] for i in found["probabilities"].argmax(1)]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["model.keras", "saved_model"])
def test_predict_names_the_expression_and_the_confidence(demo, tmp_path, model):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (97, 64, 3), dtype=np.uint8)).save(tmp_path / "me.png")
    done = run(tmp_path, "-m", "fer_keras.predict", str(demo[2] / model), "me.png")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("me.png: ")
    assert "% confidence)" in done.stdout


@pytest.mark.slow
def test_the_same_command_again_trains_nothing(demo):
    folder, _, out = demo
    before = (out / "record.json").read_bytes()
    done = run(folder, "-m", "experiments.hybrid_resnet50", *SMOKE)
    assert done.returncode == 0, done.stderr
    assert "Phase" not in done.stdout
    assert (out / "record.json").read_bytes() == before


@pytest.mark.slow
def test_another_request_is_never_answered_with_a_finished_run(demo):
    folder, _, out = demo
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    words = ("--epochs", "2", "--batch-size", "4", "--seed", "7", "--out", str(out.relative_to(folder)))
    done = run(folder, "-m", "experiments.hybrid_resnet50", *SMOKE, *words)
    assert done.returncode == 2
    errors = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and "Traceback" not in done.stderr
    assert "was finished with. Received: another: seed 7 instead of 0, " in errors[0]
    assert ".epochs 2 instead of " in errors[0]
    assert errors[0].endswith("Choose another --out.")
    assert "Report:" not in done.stdout
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before


@pytest.mark.slow
def test_a_request_with_overrides_has_a_folder_of_its_own_and_says_its_flags(tmp_path):
    words = ["--only", "hybrid_baseline_cnn", "--batch-size", "16", "--quiet"]
    done = run(tmp_path, "-m", "experiments.hybrid_resnet50", *words)
    assert done.returncode == 0, done.stderr
    assert "Learning rates by the linear scaling rule for 16 rows a step instead of 32: " in done.stdout
    (folder,) = (tmp_path / "runs").glob("hybrid_baseline_cnn-demo-seed0-??????")
    record = json.loads((folder / "record.json").read_text())
    assert (record["run"], record["command"]) == (folder.name, ["--batch-size", "16", "--quiet"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--data", "nowhere.csv"], "nowhere.csv"),
        (["--data", "small.csv"], "--allow-unofficial"),
        (["--data", "short.csv"], "2304 pixel values"),
        (["--epochs", "0"], "--epochs of at least 1"),
        (["--init", "imagnet"], "'imagnet'"),
        (["--out", "file/inside"], "file"),
    ],
)
def test_bad_input_is_one_line_and_code_2(tmp_path, words, says, monkeypatch, capfd):
    pixels = " ".join(["7"] * 2304)
    rows = [f"{label},{pixels},{usage}" for usage in ("Training", "PublicTest", "PrivateTest") for label in range(7)]
    (tmp_path / "small.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    (tmp_path / "short.csv").write_text(f"emotion,pixels,Usage\n0,{pixels[:-2]},Training\n")
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FER2013", raising=False)
    monkeypatch.setattr(sys, "argv", ["program", "--only", "hybrid_baseline_cnn", *words])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("experiments.hybrid_resnet50", run_name="__main__")
    assert ended.value.code == 2
    printed = capfd.readouterr().err
    errors = [line for line in printed.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert says in errors[0]
    assert "Traceback" not in printed
    assert not (tmp_path / "runs").exists()
