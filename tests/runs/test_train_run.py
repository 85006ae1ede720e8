"""What `complete` makes of a run directory: resumed in the precision it was begun with, left alone when finished."""

import keras
import pytest

from fer_keras.config import resolve
from fer_keras.config.options import Options
from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import BASELINE_CNN, EXPERIMENT
from fer_keras.runs import directory, manifest, train_run
from fer_keras.runs.source import Source
from fer_keras.training import checkpoint

SMOKE = resolve.as_run(BASELINE_CNN, "smoke")


@pytest.fixture
def begun(toy, tmp_path):
    """A run of SMOKE with a checkpoint, in bfloat16, and the faces that it is of."""
    source = Source(toy, True, ())
    manifest.require_same(tmp_path, manifest.of(SMOKE, source, 0, {}, "mixed_bfloat16"))
    files.write(tmp_path / directory.CHECKPOINT / checkpoint.NEWEST, lambda part: part.write_bytes(b"x"))
    return tmp_path, source


def complete(folder, source, **options):
    train_run.complete(EXPERIMENT, BASELINE_CNN, SMOKE, "smoke", source, folder, "name", Options(**options))


def test_a_run_is_resumed_in_its_precision_unless_another_is_requested(begun, monkeypatch):
    policies = []
    monkeypatch.setattr(train_run, "_train", lambda *words: policies.append(words[-1]))
    folder, source = begun
    complete(folder, source)
    complete(folder, source, precision="float32")
    complete(folder / "new", source)
    assert policies == ["mixed_bfloat16", "float32", None]


def test_another_precision_is_refused_before_anything_is_trained(begun, monkeypatch):
    monkeypatch.setattr(train_run.Trainer, "train", lambda trainer: pytest.fail("trained"))
    before = keras.config.dtype_policy()
    try:
        with pytest.raises(
            UserError, match="was begun with. Received: another: precision float32 instead of mixed_bfl"
        ):
            complete(*begun, precision="float32")
    finally:
        keras.config.set_dtype_policy(before)


def test_the_record_says_why_a_resumed_run_has_its_precision(begun):
    before = keras.config.dtype_policy()
    try:
        _, chosen = train_run._trainer(SMOKE, begun[1], Options(), "mixed_bfloat16")
        assert (chosen.policy, chosen.reason) == ("mixed_bfloat16", "as the run was begun")
        _, chosen = train_run._trainer(SMOKE, begun[1], Options(precision="float32"), "float32")
        assert (chosen.policy, chosen.reason) == ("float32", "as asked")
    finally:
        keras.config.set_dtype_policy(before)


def test_a_finished_run_trains_nothing_and_answers_its_request_alone(begun, monkeypatch):
    monkeypatch.setattr(train_run, "_train", lambda *words: pytest.fail("trained"))
    folder, source = begun
    (folder / directory.RECORD).write_text("{}")
    complete(folder, source)
    complete(folder, source, precision="mixed_bfloat16", devices=1, quiet=True, record=True, export=True)
    for options, says in (({"seed": 4}, "seed 4 instead of 0"), ({"precision": "float32"}, "precision float32")):
        with pytest.raises(UserError, match=f"was finished with. Received: another: {says}"):
            complete(folder, source, **options)
