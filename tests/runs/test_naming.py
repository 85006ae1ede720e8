"""Two requests never have one name, and a request without overrides has a plain one."""

import dataclasses
import itertools
import re
from types import SimpleNamespace

import pytest

from fer_keras.config.options import Options
from fer_keras.config.recipe import Data
from fer_keras.recipes.p003_hybrid_resnet50 import EXPERIMENT
from fer_keras.runs.naming import run_name
from fer_keras.runs.source import Source

HARD = EXPERIMENT.recipe("hybrid_baseline_cnn")
PLAIN = "hybrid_baseline_cnn-cpu-seed0"


def name(faces, recipe=HARD, source=None, **options):
    source = {"demo": False, "differences": ()} | (source or {})
    return run_name(HARD, recipe, "cpu", Source(faces, **source), Options(**options))


def test_a_request_as_the_profile_stands_has_no_digest(toy):
    profile = HARD.profiles["cpu"]
    assert name(toy) == PLAIN
    assert name(toy, seed=3, protocol="official") == "hybrid_baseline_cnn-cpu-official-seed3"
    assert name(toy, source={"demo": True}) == "hybrid_baseline_cnn-demo-cpu-seed0"
    assert run_name(HARD, HARD, "smoke", Source(toy, True, ()), Options()) == "hybrid_baseline_cnn-demo-seed0"
    assert name(toy, quiet=True, record=True, devices=2, init=HARD.init) == PLAIN
    assert name(toy, batch_size=profile.batch_size or HARD.batch_size) == PLAIN


def test_the_demo_starts_from_chance_and_a_start_that_is_asked_for_is_named(toy):
    """Even where it is the recipe's own."""
    recipe, demo = EXPERIMENT.recipe("hybrid_resnet50"), Source(toy, True, ())
    plain, chance, imagenet = (
        run_name(recipe, recipe, "smoke", demo, Options(init=init)) for init in (None, "scratch", recipe.init)
    )
    assert plain == chance and "demo" in plain
    assert re.fullmatch(rf"{plain}-[0-9a-f]{{6}}", imagenet)


def test_every_override_has_a_name_of_its_own(toy, tmp_path):
    (tmp_path / "a.keras").write_bytes(b"1")
    (tmp_path / "b.keras").write_bytes(b"2")
    drop = SimpleNamespace(sha256="d")
    changed = {**toy.__dict__, "fingerprint": toy.fingerprint}
    names = [
        name(toy),
        name(toy, epochs=3),
        name(toy, epochs=4),
        name(toy, batch_size=3),
        name(toy, image_size=32),
        name(toy, soft_labels=True),
        name(toy, init=str(tmp_path / "a.keras")),
        name(toy, init=str(tmp_path / "b.keras")),
        name(toy, precision="float32"),
        name(toy, precision="mixed_bfloat16"),
        name(toy, source={"dropped": drop}),
        name(toy, source={"crop": {"detector": "haar", "margin": 0.0}}),
        name(toy, source={"made": SimpleNamespace(sha256="g")}, generated="generated.npz"),
        name(toy, source={"teachers": (SimpleNamespace(sha256="t"),)}),
        name(toy, source={"differences": ("fewer rows",)}),
        name(toy, dataclasses.replace(HARD, data=Data("ferplus"))),
    ]
    for first, second in itertools.combinations(names, 2):
        assert first != second
    assert all(re.fullmatch(rf"{PLAIN}-[0-9a-f]{{6}}", digested) for digested in names[1:])
    assert changed == toy.__dict__


@pytest.mark.parametrize("copy", ["b.keras", "elsewhere.keras"])
def test_initial_weights_count_by_content_not_by_name(toy, tmp_path, copy):
    for file in ("a.keras", copy):
        (tmp_path / file).write_bytes(b"1")
    assert name(toy, init=str(tmp_path / "a.keras")) == name(toy, init=str(tmp_path / copy))
