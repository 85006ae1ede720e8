"""Attention of networks whose attention is known: planted weights, maps worked out by hand."""

import numpy as np
import pytest

from fer_keras.explain.attention import Attention
from fer_keras.models import compact, saved
from tests.explain import networks


def sigmoid(x):
    return 1 / (1 + np.exp(-np.asarray(x, float)))


def test_the_mask_of_spatial_attention_by_hand():
    attention = Attention(networks.masked())
    assert attention.kinds == {"squeeze_excite": "channel_attention", "spatial_attention": "spatial_attention"}
    (found,) = attention.maps(networks.face((0, 1), (3, 2)))
    wanted = np.full((4, 4), sigmoid(-1))
    wanted[0, 1] = wanted[3, 2] = sigmoid(1)
    assert (found.kind, found.layer, found.target) == ("spatial_attention", "spatial_attention", None)
    np.testing.assert_allclose(found.values, wanted, rtol=1e-6)


def test_channel_weights_by_hand():
    weights = Attention(networks.masked()).channels(networks.face((0, 0)))
    assert list(weights) == ["squeeze_excite"]
    np.testing.assert_allclose(weights["squeeze_excite"], [0.5])


@pytest.mark.parametrize("strength", [0.0, 1.0, 20.0])
def test_what_each_token_gets_by_hand(strength):
    (found,) = Attention(networks.attending(strength)).maps(networks.face((2, 1)))
    wanted = np.ones((4, 4))
    wanted[2, 1] = np.exp(strength)
    assert found.kind == "self_attention"
    np.testing.assert_allclose(found.values, wanted / wanted.sum(), rtol=1e-5, atol=1e-7)


def test_attention_inside_a_backbone_is_reached():
    attention = Attention(networks.nested())
    assert attention.kinds == {"inside": "spatial_attention"}
    (found,) = attention.maps(networks.face((1, 3)))
    wanted = np.full((4, 4), sigmoid(-1))
    wanted[1, 3] = sigmoid(1)
    np.testing.assert_allclose(found.values, wanted, rtol=1e-6)


def test_many_faces_are_batches_of_the_same():
    attention = Attention(networks.masked())
    faces = np.random.default_rng(0).integers(0, 256, (260, 4, 4, 1), np.uint8)
    every = attention(faces)["spatial_attention"]
    np.testing.assert_allclose(every[258], attention(faces[258:259])["spatial_attention"][0], rtol=1e-5)


def test_a_network_without_attention_has_none():
    attention = Attention(networks.reading())
    assert (attention.kinds, attention(np.zeros((2, 4, 4, 1), np.uint8))) == ({}, {})


def test_a_reloaded_network_attends_the_same(tmp_path):
    model = compact.build(widths=(4, 8), pairs=(0,), parts=("se", "cbam", "mhsa"), dim=8, heads=2)
    saved.save(model, tmp_path / "model.keras")
    faces = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 1), np.uint8)
    before, after = Attention(model)(faces), Attention(saved.load(tmp_path / "model.keras"))(faces)
    assert {name: values.shape for name, values in before.items()} == {
        "squeeze_excite": (2, 8),
        "channel_attention": (2, 8),
        "spatial_attention": (2, 24, 24),
        "self_attention": (2, 24, 24),
    }
    for name, values in before.items():
        np.testing.assert_allclose(after[name], values, rtol=1e-5, atol=1e-6)
