"""Training for which memory does not suffice ends in one line that names what to make smaller."""

import dataclasses

import pytest

from fer_keras.config import resolve
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import HYBRID
from fer_keras.runs import directory
from fer_keras.runs.out_of_memory import in_one_line, is_out_of_memory


def framework_error(text, name="XlaRuntimeError", module="jaxlib.xla_extension"):
    return type(name, (RuntimeError,), {"__module__": module})(text)


MEMORY = [
    MemoryError("Unable to allocate 9 GiB"),
    framework_error("OOM when allocating tensor", "ResourceExhaustedError", "tensorflow.python.framework.errors_impl"),
    framework_error("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 12345 bytes."),
    framework_error("INTERNAL: CUDA_ERROR_OUT_OF_MEMORY", "InternalError", "tensorflow.python.framework.errors_impl"),
]
OTHER = [
    framework_error("INVALID_ARGUMENT: shapes differ"),
    framework_error("No space left on device", "ResourceExhaustedError", "tensorflow.python.framework.errors_impl"),
    ValueError("RESOURCE_EXHAUSTED"),
    UserError("Expected memory. Received: out of memory."),
]


@pytest.mark.parametrize("error", MEMORY, ids=lambda error: type(error).__name__)
def test_each_framework_says_it_in_its_way(error):
    assert is_out_of_memory(error)


@pytest.mark.parametrize("error", OTHER, ids=lambda error: type(error).__name__)
def test_other_errors_pass_through(error, tmp_path):
    assert not is_out_of_memory(error)
    with pytest.raises(type(error)) as passed, in_one_line(HYBRID, 1, tmp_path):
        raise error
    assert passed.value is error


def said(recipe, replicas, folder):
    with pytest.raises(UserError) as refused, in_one_line(recipe, replicas, folder):
        raise MEMORY[2]
    return str(refused.value)


def test_the_line_names_batch_and_image_size_and_a_smaller_batch(tmp_path):
    recipe = resolve.as_run(HYBRID, "paper", batch_size=50, image_size=224)
    size = "Expected memory for steps of batch size 50 at image size 224. Received: out of memory."
    assert said(recipe, 1, tmp_path) == f"{size} Give --batch-size 25."
    assert said(recipe, 2, tmp_path) == f"{size} Give --batch-size 24."
    (tmp_path / directory.CHECKPOINT).mkdir()
    (tmp_path / directory.CHECKPOINT / "state.npz").write_bytes(b"x")
    assert said(recipe, 1, tmp_path) == f"{size} Give --batch-size 25 and another --out."


def test_a_batch_that_cannot_be_halved_leaves_the_image_size(tmp_path):
    alone = resolve.as_run(HYBRID, "paper", batch_size=1, image_size=224)
    assert said(alone, 1, tmp_path).endswith("Give a smaller --image-size.")
    assert said(dataclasses.replace(alone, model_args={}), 1, tmp_path) == (
        "Expected memory for steps of batch size 1. Received: out of memory. Use another machine."
    )
