"""Whole programs, run as a user runs them, in a folder of their own.

The demo and the reader of its SavedModel are processes of their own. What else is done with the demo's run is done by the
same modules in this process, as `python -m` would.
"""

import json
import os
import pathlib
import runpy
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

NAME = "hybrid_mobilenetv3small"
PROFILE = ("--profile", "smoke")
SMOKE = ("--only", NAME, *PROFILE)
COUNTS = pathlib.Path(__file__).parent / "recipes" / "recipe_counts.json"
ROOT = pathlib.Path(__file__).resolve().parents[1]

RELOAD = """
import sys, numpy as np, tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
served = loaded.serve(tf.constant(np.load(sys.argv[2])))
assert not any(name.startswith("fer_keras") for name in sys.modules), "needs the package"
np.savez(sys.argv[3], **{key: np.array(value.numpy().tolist()) for key, value in served.items()})
"""


def run(folder, *words, **environment):
    clean = {key: value for key, value in os.environ.items() if key != "FER2013"}
    env = clean | {"PYTHONPATH": str(ROOT), "FER_KERAS_CACHE": str(folder / "cache")} | environment
    return subprocess.run([sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True, timeout=900)


@pytest.fixture
def here(monkeypatch, capfd):
    """Return here(folder, module, words...) -> (exit status, standard output, standard error) of `python -m module`."""

    def run_here(folder, module, *words):
        monkeypatch.chdir(folder)
        monkeypatch.delenv("FER2013", raising=False)
        monkeypatch.setattr(sys, "argv", [module, *words])
        with pytest.raises(SystemExit) as ended:
            runpy.run_module(module, run_name="__main__")
        return ended.value.code, *capfd.readouterr()

    stopping = signal.getsignal(signal.SIGTERM)
    yield run_here
    signal.signal(signal.SIGTERM, stopping)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The smallest of the hybrids on drawn faces, every phase, compiled: the README's first command on another backbone.

    The five phases of the hybrid ResNet50 are trained in tests/recipes/test_architectures.py, what the demo trains first
    in tests/api/test_start.py; what the whole of it learns, and in how many minutes, is for `python -m benchmarks.demo`.
    """
    folder = tmp_path_factory.mktemp("demo")
    done = run(folder, "-m", "experiments.hybrid_resnet50", *SMOKE)
    assert done.returncode == 0, done.stderr
    return folder, done, folder / "runs" / f"{NAME}-demo-seed0"


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
    counts = json.loads(COUNTS.read_text())[NAME]
    assert [row["phase"] for row in record["history"]] == ["frozen", "unfreeze-all", "head"] == [*counts["trainable"]]
    assert record["parameters"]["total"] == counts["parameters"]
    trainable = {phase["name"]: phase["trainable"] for phase in record["parameters"]["phases"]}
    assert trainable == counts["trainable"]
    assert record["data"]["synthetic"] is True
    assert [entry["split"] for entry in record["access"]] == ["PrivateTest"]
    assert [split for split in record["predictions"]["splits"] if split.startswith("select")] == ["select"]
    assert (record["run"], record["command"]) == (demo[2].name, [*PROFILE])


@pytest.mark.slow
def test_every_page_of_the_demo_says_that_its_faces_are_drawn(demo):
    page = (demo[2] / "report.md").read_text().lower()
    assert "synthetic" in page
    assert "nothing on this page can be compared with a paper" in page


@pytest.mark.slow
def test_the_saved_model_needs_nothing_of_this_package(demo, tmp_path):
    from fer_keras.data.readers.toy import toy_faces
    from fer_keras.runs import predictions
    from fer_keras.runs.record import read_facts

    folder = demo[2]
    test = toy_faces().where("private")
    np.save(tmp_path / "faces.npy", test.images[:20])
    done = run(tmp_path, "-c", RELOAD, str(folder / "saved_model"), "faces.npy", "served.npz", PYTHONPATH="")
    assert done.returncode == 0, done.stderr
    record = read_facts(folder)
    ours = predictions.read(folder, record)["test"]
    with np.load(tmp_path / "served.npz") as served:
        assert ours["rows"][:20].tolist() == test.rows[:20].tolist()
        trained_in = record["environment"]["precision"]
        within = 1e-5 if trained_in.startswith("float32") else 0.01  # what is exported is float32 whatever was trained
        off = np.abs(served["probabilities"] - ours["probabilities"][:20])
        largest = off.shape[1] - 1  # is what the others, each rounded, leave of 1
        stored = predictions.STEP / 2 * np.where(np.eye(7, dtype=bool)[served["probabilities"].argmax(1)], largest, 1)
        assert (off <= stored + within).all()
        names = served["class_names"][0].astype(str).tolist()
        assert names == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
        assert served["label"].astype(str).tolist() == [names[i] for i in served["probabilities"].argmax(1)]


@pytest.mark.slow
@pytest.mark.parametrize("model", ["model.keras", "saved_model"])
def test_predict_names_the_expression_and_the_confidence(demo, tmp_path, model, here):
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (97, 64, 3), dtype=np.uint8)).save(tmp_path / "me.png")
    status, printed, said = here(tmp_path, "fer_keras.predict", str(demo[2] / model), "me.png")
    assert status == 0, said
    assert printed.startswith("me.png: ")
    assert "% confidence)" in printed


@pytest.mark.slow
def test_the_same_command_again_trains_nothing(demo, here):
    folder, _, out = demo
    before = (out / "record.json").read_bytes()
    status, printed, said = here(folder, "experiments.hybrid_resnet50", *SMOKE)
    assert status == 0, said
    assert "Phase" not in printed
    assert (out / "record.json").read_bytes() == before


@pytest.mark.slow
def test_another_request_is_never_answered_with_a_finished_run(demo, here):
    folder, _, out = demo
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    words = ("--epochs", "2", "--batch-size", "4", "--seed", "7", "--out", str(out.relative_to(folder)))
    status, printed, said = here(folder, "experiments.hybrid_resnet50", *SMOKE, *words)
    assert status == 2
    errors = [line for line in said.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and "Traceback" not in said
    assert "was finished with. Received: another: seed 7 instead of 0, " in errors[0]
    assert ".epochs 2 instead of " in errors[0]
    assert errors[0].endswith("Choose another --out.")
    assert "Report:" not in printed
    assert {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()} == before


@pytest.mark.slow
def test_a_request_with_overrides_has_a_folder_of_its_own_and_says_its_flags(tmp_path, here):
    words = ["--only", "hybrid_baseline_cnn", "--batch-size", "16", "--quiet"]
    status, printed, said = here(tmp_path, "experiments.hybrid_resnet50", *words)
    assert status == 0, said
    assert "Learning rates by the linear scaling rule for 16 rows a step instead of 32: " in printed
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
def test_bad_input_is_one_line_and_code_2(tmp_path, words, says, here):
    pixels = " ".join(["7"] * 2304)
    rows = [f"{label},{pixels},{usage}" for usage in ("Training", "PublicTest", "PrivateTest") for label in range(7)]
    (tmp_path / "small.csv").write_text("\n".join(["emotion,pixels,Usage", *rows]) + "\n")
    (tmp_path / "short.csv").write_text(f"emotion,pixels,Usage\n0,{pixels[:-2]},Training\n")
    (tmp_path / "file").write_text("")
    status, _, printed = here(tmp_path, "experiments.hybrid_resnet50", "--only", "hybrid_baseline_cnn", *words)
    assert status == 2
    errors = [line for line in printed.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert says in errors[0]
    assert "Traceback" not in printed
    assert not (tmp_path / "runs").exists()
