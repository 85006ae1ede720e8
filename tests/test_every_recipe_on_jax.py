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
    for (name, recipe), (_, phases, _) in zip(RECIPES.items(), lines, strict=True):
        assert phases.split(", ") == [phase.name for phase in recipe.phases], name
    assert {how for _, _, how in lines} == {"made", "lowered"}
    assert sum(how == "made" for _, _, how in lines) >= 15, "all but those on a backbone, and the widest house"
