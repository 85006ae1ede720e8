import os
import pathlib
import subprocess
import sys

import pytest

from tests.recipes.test_every_recipe import RECIPES

PROGRAM = pathlib.Path(__file__).with_name("step_on_jax.py")
MADE = {"hybrid_baseline_cnn", "attention_cnn", "residual_cnn", "house", "attention_cbam", "attention_all"}
ALIKE = {"house_mixup"}
"""Train the step of one of MADE, by other augmentation: made with that one's."""


@pytest.mark.slow(longest=True)
def test_every_recipe_makes_a_step_on_jax():
    env = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "PYTHONPATH": str(PROGRAM.parents[2]),
    }
    done = subprocess.run([sys.executable, str(PROGRAM)], env=env, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr
    made = {name: (phases, how) for name, phases, how in (line.split(": ") for line in done.stdout.splitlines())}
    assert made.keys() == RECIPES.keys()
    for name, (phases, how) in made.items():
        assert phases.split(", ") == [phase.name for phase in RECIPES[name].phases], name
        assert how == ("made" if name in MADE | ALIKE else "lowered"), name
