import os
import pathlib
import subprocess
import sys

import pytest

from tests.recipes.architectures import architectures

PROGRAM = pathlib.Path(__file__).with_name("step_on_jax.py")
COMPILED = {"attention_cbam", "attention_all"}
CONTAINED = {
    *("attention_cnn", "hybrid_baseline_cnn", "vanilla_cnn", "vanilla_cnn_unnormalised", "residual_cnn", "compact"),
    *("resnet34_attention_stages", "resnet50_cbam_5_torchvision", "hybrid_resnet50"),
    *("transfer_spatial_softmax", "transfer_all_parts"),
}
"""Networks whose layers are of classes that smaller networks have: their forward pass is held against TensorFlow's."""


@pytest.mark.slow(longest=True)
def test_every_network_and_optimizer_makes_a_step_on_jax():
    env = os.environ | {
        "KERAS_BACKEND": "jax",
        "JAX_PLATFORMS": "cpu",
        "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
        "PYTHONPATH": str(PROGRAM.parents[2]),
    }
    done = subprocess.run([sys.executable, str(PROGRAM)], env=env, capture_output=True, text=True, timeout=1200)
    assert done.returncode == 0, done.stderr
    steps = dict(line.split(": ") for line in done.stdout.splitlines())
    networks = {name: how for name, how in steps.items() if not name.startswith("optimizer of ")}
    assert networks.keys() == set(architectures())
    assert {name for name, how in networks.items() if how == "compiled"} == COMPILED
    assert {name for name, how in networks.items() if how == "contained"} == CONTAINED
    assert {how for name, how in steps.items() if name not in COMPILED | CONTAINED} == {"lowered"}
