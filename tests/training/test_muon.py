import keras
import numpy as np
import pytest

from fer_keras.config.settings import Optimizer
from fer_keras.training import optimizers
from fer_keras.training.muon import ConvolutionMuon

KERNEL = (3, 3, 5, 8)


def drawn(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def moved(optimizer, gradients, start=None):
    """Return what the optimizer has added to a variable of the gradients' shape, zero where `start` is not given."""
    begin = np.zeros(gradients[0].shape, "float32") if start is None else start
    variable = keras.Variable(begin)
    optimizer.build([variable])
    for gradient in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)])
    return keras.ops.convert_to_numpy(variable) - begin


def muon(**changes):
    return ConvolutionMuon(**({"learning_rate": 1.0, "weight_decay": 0.0, "adam_weight_decay": 0.0} | changes))


def orthogonalised(matrix, steps=5):
    """Jordan's quintic, on the singular values alone: each becomes a s + b s³ + c s⁵, five times."""
    left, values, right = np.linalg.svd(matrix.astype("float64"), full_matrices=False)
    values = values / (np.linalg.norm(values) + 1e-7)
    for _ in range(steps):
        values = 3.4445 * values - 4.7750 * values**3 + 2.0315 * values**5
    return left @ np.diag(values) @ right


@pytest.mark.parametrize("shape", [(3, 3, 5, 8), (1, 1, 4, 9)], ids=["more rows", "more columns"])
def test_two_steps_on_a_kernel_by_hand(shape):
    first, second = drawn(shape), drawn(shape, seed=1)
    # m1 = .1 g1, ahead = .9 m1 + .1 g1; m2 = .9 m1 + .1 g2, ahead = .9 m2 + .1 g2: a column for each output channel.
    m1 = 0.1 * first
    m2 = 0.9 * m1 + 0.1 * second
    ahead = [0.9 * m1 + 0.1 * first, 0.9 * m2 + 0.1 * second]
    size = 0.2 * np.sqrt(max(np.prod(shape[:3]), shape[3]))
    expected = -sum(size * orthogonalised(a.reshape(-1, shape[3])) for a in ahead).reshape(shape)
    np.testing.assert_allclose(moved(muon(momentum=0.9), [first, second]), expected, atol=1e-4)


def test_a_step_is_of_one_size_whatever_the_gradients():
    found = [moved(muon(), [scale * drawn(KERNEL)]) for scale in (1e-3, 1e3)]
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3, atol=1e-4)
    # Orthogonal columns, each singular value within Jordan's 0.7 to 1.2, times 0.2 * sqrt(45).
    values = np.linalg.svd(found[0].reshape(45, 8), compute_uv=False) / (0.2 * np.sqrt(45))
    assert 0.6 < values.min() and values.max() < 1.25


def test_bfloat16_takes_the_same_step_within_its_precision():
    exact, rough = (moved(muon(iterate_in=dtype), [drawn(KERNEL)]) for dtype in ("float32", "bfloat16"))
    assert np.corrcoef(exact.ravel(), rough.ravel())[0, 1] > 0.99
    assert np.any(exact != rough)


@pytest.mark.parametrize(
    "shape",
    [(8,), (5, 8), (3, 3, 1, 8), (3, 3, 3, 8), (3, 3, 8, 1), (7, 7, 2, 1)],
    ids=["bias", "dense", "grey image", "colour image", "depthwise", "spatial attention"],
)
def test_what_is_no_map_between_hidden_channels_is_adamws(shape):
    gradients = [drawn(shape), drawn(shape, seed=1)]
    adamw = keras.optimizers.AdamW(0.1, weight_decay=0.5, epsilon=1e-7)
    found = moved(muon(learning_rate=0.1, adam_weight_decay=0.5), gradients, start=drawn(shape, 2))
    np.testing.assert_allclose(found, moved(adamw, gradients, start=drawn(shape, 2)), rtol=1e-4, atol=1e-6)


def test_a_kernel_decays_apart_from_its_step():
    start, gradient = drawn(KERNEL), drawn(KERNEL, seed=1)
    plain = moved(muon(learning_rate=0.1), [gradient], start)
    decayed = moved(muon(learning_rate=0.1, weight_decay=0.5), [gradient], start)
    np.testing.assert_allclose(decayed - plain, -0.1 * 0.5 * start, atol=1e-5)


def test_a_recipes_muon_iterates_in_the_dtype_in_which_the_network_computes():
    spec = Optimizer("muon", 0.01, weight_decay=0.05, momentum=0.95)
    assert optimizers.build(spec, 1, 10).iterate_in == "float32"
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        built = optimizers.build(spec, 1, 10)
    finally:
        keras.config.set_dtype_policy(before)
    assert built.iterate_in == "bfloat16"
    assert (built.momentum, built.weight_decay, built.adam_weight_decay) == (0.95, 0.05, 0.05)


def test_it_reloads_and_goes_on_alike():
    optimizer = muon(iterate_in="bfloat16", momentum=0.9, learning_rate=0.3)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    gradients = [drawn(KERNEL), drawn(KERNEL, seed=1)]
    assert type(again) is ConvolutionMuon
    np.testing.assert_array_equal(moved(again, gradients), moved(optimizer, gradients))
