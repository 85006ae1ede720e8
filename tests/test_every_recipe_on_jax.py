import os
import pathlib
import subprocess
import sys

import pytest

from tests.test_every_recipe import RECIPES

PROGRAM = pathlib.Path(__file__).with_name("step_on_jax.py")


@pytest.mark.slow(longest=True)
def test_every_recipe_makes_a_step_on_jax():
    env = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "PYTHONPATH": str(PROGRAM.parents[1]),
    }
    done = subprocess.run([sys.executable, str(PROGRAM)], env=env, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr
    lines = [line.split(": ") for line in done.stdout.splitlines()]
    assert [name for name, _, _ in lines] == list(RECIPES)
    made = {name: phases.split(", ") for name, phases, _ in lines}
    for name, recipe in RECIPES.items():
        assert made[name] and set(made[name]) <= {phase.name for phase in recipe.phases}
    assert made["hybrid_resnet50"] == ["unfreeze-100"], "the phase in which most of it trains"
    assert made["resnet34_cbam"] == ["affectnet", "fer2013"], "one rate for all, and one for each group"
    assert sum(how == "compiled" for _, _, how in lines) >= 17
