"""What a run directory was requested for: another request is refused, and so is a manifest that is not whole."""

import dataclasses
import json
import re

import numpy as np
import pytest

from fer_keras.config import resolve
from fer_keras.config.recipe import Data
from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import EXPERIMENT
from fer_keras.runs import directory, manifest
from fer_keras.runs.manifest import require_same, votes
from fer_keras.runs.source import Source
from fer_keras.training import checkpoint

HARD = EXPERIMENT.recipe("hybrid_baseline_cnn")
CPU = resolve.as_run(HARD, "cpu")


def request(faces, recipe=CPU, seed=0, policy="float32", phase_data=None, **source):
    return manifest.of(recipe, Source(faces, True, (), **source), seed, phase_data or {}, policy)


def train_in(folder):
    """Leave a checkpoint in `folder`, which makes the run there begun."""
    files.write(folder / directory.CHECKPOINT / checkpoint.NEWEST, lambda part: part.write_bytes(b"x"))


def refusal(folder, other):
    with pytest.raises(UserError) as refused:
        require_same(folder, other)
    return str(refused.value)


def test_data_that_changed_since_the_interruption_are_refused(toy, tmp_path):
    require_same(tmp_path, request(toy))
    train_in(tmp_path)
    require_same(tmp_path, request(toy))
    images = toy.images.copy()
    images[7, 3, 2, 0] ^= 1
    changed = request(dataclasses.replace(toy, images=images))
    assert refusal(tmp_path, changed) == (
        f"Expected the request that the run in {tmp_path} was begun with. Received: another: other data. Choose another --out."
    )


@pytest.mark.parametrize("finished", [False, True])
def test_each_thing_that_decides_the_weights_is_named_where_it_differs(toy, tmp_path, finished):
    require_same(tmp_path, request(toy))
    train_in(tmp_path)
    if finished:
        (tmp_path / directory.RECORD).write_text("{}")
    (tmp_path / "other.keras").write_bytes(b"weights")
    more = resolve.as_run(HARD, "cpu", epochs=99, batch_size=8)
    rows = dataclasses.replace(CPU, data=dataclasses.replace(CPU.data, max_train_rows=500))
    epochs, batch = CPU.phases[0].epochs, CPU.batch_size
    differing = {
        f"phases[train].epochs 99 instead of {epochs}, batch_size 8 instead of {batch}": request(toy, more),
        "data.max_train_rows 500 instead of none": request(toy, rows),
        "seed 1 instead of 0": request(toy, seed=1),
        "precision mixed_bfloat16 instead of float32": request(toy, policy="mixed_bfloat16"),
        "other crop": request(toy, crop={"detector": "haar", "margin": 0.0, "found": {}}),
        "other data of affectnet": request(toy, phase_data={"affectnet": {"fingerprint": "f"}}),
        'other initial weights, init "checkpoint" instead of "scratch"': request(
            toy, dataclasses.replace(CPU, init=str(tmp_path / "other.keras"))
        ),
    }
    for words, other in differing.items():
        state = "finished" if finished else "begun"
        assert f"was {state} with. Received: another: {words}. Choose another --out." in refusal(tmp_path, other)
    assert files.read_json(tmp_path / directory.MANIFEST) == request(toy)


def test_a_phase_left_out_added_or_moved_is_another_request(toy):
    first, *others = resolve.as_run(EXPERIMENT.recipe("hybrid_resnet50"), "cpu").phases
    whole, less, moved = (
        request(toy, dataclasses.replace(CPU, phases=tuple(phases)))
        for phases in ((first, *others), others, (*others, first))
    )
    assert manifest.differences(whole, less) == [f'phases[{first.name}] "left out" instead of "{first.epochs} epochs"']
    assert manifest.differences(less, whole) == [f'phases[{first.name}] "{first.epochs} epochs" instead of "none"']
    assert manifest.differences(whole, moved) == ["phases in another order"]
    assert manifest.differences(whole, whole) == []


def test_initial_weights_count_by_their_content(toy, tmp_path):
    for name, content in (("a.keras", b"1"), ("b.keras", b"1"), ("c.keras", b"2")):
        (tmp_path / name).write_bytes(content)
    first, copy, other = (
        request(toy, dataclasses.replace(CPU, init=str(tmp_path / name))) for name in ("a.keras", "b.keras", "c.keras")
    )
    assert first == copy
    assert manifest.differences(first, other) == ["other initial weights"]


def test_a_request_that_trained_nothing_makes_room_for_another(toy, tmp_path):
    require_same(tmp_path, request(toy))
    other = request(toy, seed=5, policy="mixed_bfloat16")
    assert manifest.precision(tmp_path) is None
    require_same(tmp_path, other)
    assert files.read_json(tmp_path / directory.MANIFEST) == other


def test_a_run_that_was_begun_keeps_its_precision(toy, tmp_path):
    require_same(tmp_path, request(toy, policy="mixed_bfloat16"))
    train_in(tmp_path)
    assert manifest.precision(tmp_path) == "mixed_bfloat16"
    files.write_json(tmp_path / directory.MANIFEST, request(toy, policy="float8"))
    with pytest.raises(UserError, match=r"float32 or mixed_bfloat16, in .*manifest\.json\. Received: float8"):
        manifest.precision(tmp_path)


def as_before(faces, recipe):
    """Return what an earlier version noted of the request, in request.json."""
    as_run = json.loads(json.dumps(resolve.as_data(recipe)))
    del as_run["data"]["max_train_rows"]
    return {"as_run": as_run, "seed": 0, "data": faces.fingerprint, "dropped rows": None}


def test_an_earlier_versions_request_is_read_completed_and_renamed(toy, tmp_path):
    limited = dataclasses.replace(CPU, data=dataclasses.replace(CPU.data, max_train_rows=600))
    old = tmp_path / directory.OLD_MANIFEST
    files.write_json(old, as_before(toy, limited))
    train_in(tmp_path)
    assert manifest.precision(tmp_path) is None
    assert "another: seed 3 instead of 0." in refusal(tmp_path, request(toy, limited, seed=3))
    assert old.exists()
    require_same(tmp_path, request(toy, limited))
    assert not old.exists()
    assert files.read_json(tmp_path / directory.MANIFEST) == request(toy, limited)
    assert "data.max_train_rows none instead of 600" in refusal(tmp_path, request(toy))


def test_votes_that_changed_are_refused_where_a_phase_learns_from_them(toy):
    voted = dataclasses.replace(toy, votes=np.ones((len(toy), 10), np.float32))
    other = dataclasses.replace(toy, votes=np.full((len(toy), 10), 2, np.float32))
    assert votes(HARD, voted) == {}
    for data in (Data(soft_labels=True), Data(expected_labels=0.5)):
        soft = dataclasses.replace(HARD, data=data)
        assert votes(soft, voted).keys() == {"FER+ votes"}
        assert votes(soft, voted) != votes(soft, other)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"[" * 100_000, b"{}", b'{"as_run": 3}'])
@pytest.mark.parametrize("name", [directory.MANIFEST, directory.OLD_MANIFEST])
def test_a_damaged_manifest_is_one_line(toy, tmp_path, content, name):
    train_in(tmp_path)
    (tmp_path / name).write_bytes(content)
    assert re.search(re.escape(name), refusal(tmp_path, request(toy)))
    assert (tmp_path / name).read_bytes() == content


@pytest.mark.parametrize("left", [directory.RECORD, f"{directory.CHECKPOINT}/{checkpoint.BEFORE}"])
def test_a_run_without_its_manifest_is_refused_with_what_is_missing(toy, tmp_path, left):
    files.write(tmp_path / left, lambda part: part.write_bytes(b"x"))
    said = refusal(tmp_path, request(toy))
    assert re.match(r"Expected manifest\.json in .* Received: none\. .* choose another --out", said)
