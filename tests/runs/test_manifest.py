"""What a run directory was asked for: another recipe, seed or data is refused, and so is a request that is not whole."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.recipe import Data
from fer_keras.io import files
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import EXPERIMENT
from fer_keras.runs.manifest import require_same, votes
from fer_keras.train import checkpoint

HARD = EXPERIMENT.recipe("hybrid_baseline_cnn")


def request(faces, **changes):
    return {"as_run": {"name": "tiny"}, "seed": 0, "data": faces.fingerprint} | changes


def test_data_that_changed_since_the_interruption_are_refused(toy, tmp_path):
    require_same(tmp_path, request(toy))
    require_same(tmp_path, request(toy))
    images = toy.images.copy()
    images[7, 3, 2, 0] ^= 1
    changed = dataclasses.replace(toy, images=images)
    with pytest.raises(UserError, match="the same recipe, seed and data as the run begun there in .* another data\\."):
        require_same(tmp_path, request(changed))
    with pytest.raises(UserError, match="another as_run, seed"):
        require_same(tmp_path, request(toy, as_run={}, seed=1))


def test_votes_that_changed_are_refused_where_a_phase_learns_from_them(toy):
    voted = dataclasses.replace(toy, votes=np.ones((len(toy), 10), np.float32))
    other = dataclasses.replace(toy, votes=np.full((len(toy), 10), 2, np.float32))
    assert votes(HARD, voted) == {}
    for data in (Data(soft_labels=True), Data(expected_labels=0.5)):
        soft = dataclasses.replace(HARD, data=data)
        assert votes(soft, voted).keys() == {"FER+ votes"}
        assert votes(soft, voted) != votes(soft, other)


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"[" * 100_000])
def test_a_damaged_request_is_one_line(toy, tmp_path, content):
    (tmp_path / "request.json").write_bytes(content)
    with pytest.raises(UserError, match=r"request\.json"):
        require_same(tmp_path, request(toy))


def test_a_checkpoint_without_its_request_is_refused_with_what_is_missing(toy, tmp_path):
    files.write(tmp_path / "checkpoint" / checkpoint.NEWEST, lambda part: part.write_bytes(b"x"))
    with pytest.raises(UserError, match=r"Expected request\.json in .* Received: none\. .* choose another --out"):
        require_same(tmp_path, request(toy))
