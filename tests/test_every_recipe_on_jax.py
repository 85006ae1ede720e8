import os
import pathlib
import subprocess
import sys

import pytest

from tests.test_every_recipe import RECIPES

PROGRAM = pathlib.Path(__file__).with_name("step_on_jax.py")


@pytest.mark.slow(longest=True)
def test_each_phase_of_every_recipe_makes_a_step_on_jax():
    env = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "PYTHONPATH": str(PROGRAM.parents[1]),
    }
    done = subprocess.run([sys.executable, str(PROGRAM)], env=env, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr
    lines = [line.rpartition(": ") for line in done.stdout.splitlines()]
    wanted = [f"{name}: {', '.join(phase.name for phase in recipe.phases)}" for name, recipe in RECIPES.items()]
    assert [line[0] for line in lines] == wanted
    assert sum(line[2] == "compiled" for line in lines) >= 17
