"""The start of a network with convolutions of low rank from the same network with whole ones."""

import keras
import numpy as np
import pytest

from fer_keras.models import builder
from fer_keras.models.weights import low_rank

SIZES = {"image_size": 16, "input_size": 16, "widths": (4, 8, 12), "pairs": (0, 1), "dropout": 0.0, "units": 6}
REDUCED = ("stage3_1", "stage3_pair1_1", "stage3_pair1_2")


@pytest.fixture(scope="module")
def faces():
    return np.random.default_rng(0).integers(0, 256, (120, 16, 16, 1), dtype="uint8")


@pytest.fixture(scope="module")
def whole(faces):
    """A network whose batch norms are not as they are made: statistics, gammas of either sign, betas."""
    model, rng = builder("compact")(**SIZES), np.random.default_rng(1)
    for layer in model.layers:
        if layer.name.endswith("_bn"):
            gamma, beta, mean, variance = (np.zeros(w.shape) for w in layer.weights)
            gamma += rng.normal(0, 1, gamma.shape)
            layer.set_weights(
                [gamma, beta + rng.normal(0, 0.3, beta.shape), mean + 0.1, variance + rng.uniform(0.5, 2)]
            )
    return model


def filled(whole, faces, rank):
    model = builder("compact")(**SIZES, ranks=(0, rank))
    low_rank.fill(model, whole, faces)
    return model


def responses(model, faces, layer):
    return np.asarray(keras.Model(model.input, model.get_layer(layer).output)(faces), np.float64)


def test_at_full_rank_it_computes_what_the_whole_network_computes(whole, faces):
    np.testing.assert_allclose(filled(whole, faces, 12)(faces), whole(faces), atol=1e-5)


@pytest.mark.parametrize("rank", [3, 7])
def test_the_first_convolution_keeps_all_but_the_directions_of_least_variance(whole, faces, rank):
    """The mean squared error after the batch norm is the sum of the smallest eigenvalues: no other choice has less."""
    before, after = (
        responses(model, faces, "stage3_1_bn").reshape(-1, 12) for model in (whole, filled(whole, faces, rank))
    )
    left = np.linalg.eigvalsh(np.cov(before.T, bias=True))[: 12 - rank].sum()
    assert ((before - after) ** 2).sum(axis=1).mean() == pytest.approx(left, rel=1e-3)


def test_a_batch_norm_in_training_begins_with_the_responses_that_it_has_in_use(whole, faces):
    model = filled(whole, faces, 5)
    mixed = np.float32(responses(model, faces, "stage3_1_mix"))
    used, trained = (np.asarray(model.get_layer("stage3_1_bn")(mixed, training=mode)) for mode in (False, True))
    np.testing.assert_allclose(trained, used, atol=1e-3)


def test_layers_that_are_not_reduced_are_the_whole_networks(whole, faces):
    model = filled(whole, faces, 5)
    for layer in model.layers:
        if layer.weights and not layer.name.startswith(REDUCED):
            for found, wanted in zip(layer.get_weights(), whole.get_layer(layer.name).get_weights(), strict=True):
                np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("ranks", [(0, 13), (0, 0)])
def test_ranks_above_the_channels_or_none_are_refused_and_nothing_changed(whole, faces, ranks):
    model = builder("compact")(**SIZES, ranks=ranks)
    before = model.get_weights()
    with pytest.raises(ValueError, match="Expected ranks up to the number of channels"):
        low_rank.fill(model, whole, faces)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_another_network_is_refused_and_nothing_changed(whole, faces):
    model = builder("compact")(**(SIZES | {"widths": (4, 9, 12)}), ranks=(0, 5))
    before = model.get_weights()
    with pytest.raises(ValueError, match="Expected stage2_1_conv to be the same in both networks"):
        low_rank.fill(model, whole, faces)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
