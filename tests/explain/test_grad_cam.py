"""Grad-CAM of networks whose gradients are known."""

import keras
import numpy as np
import pytest

from fer_keras.explain.grad_cam import GradCam
from fer_keras.io.errors import UserError
from fer_keras.models import compact, saved
from tests.explain import networks

FACE = networks.face((0, 0), (2, 3))


def test_by_hand():
    cam = GradCam(networks.reading())
    maps = cam(np.stack([FACE, FACE]), np.array([0, 1]))
    assert cam.layer == "unit"
    np.testing.assert_allclose(maps[0], FACE[..., 0] / 255 / 16, rtol=1e-5)  # d mean / d pixel is 1/16
    np.testing.assert_array_equal(maps[1], 0)  # every pixel lowers the second logit


def test_a_softmax_inside_the_last_layer_counts_as_its_logarithm():
    given, x = networks.image()
    pooled = keras.layers.GlobalAveragePooling2D()(x)
    network = keras.Model(given, keras.layers.Dense(2, activation="softmax", use_bias=False, name="end")(pooled))
    network.get_layer("end").set_weights([np.array([[1.0, -1.0]])])
    share = network.predict(FACE[None], verbose=0)[0]
    (found,) = GradCam(network)(FACE[None], np.array([0]))
    slope = (1 - (share[0] - share[1])) / 16  # of log p0 = z - log(e^z + e^-z), z the mean
    np.testing.assert_allclose(found, slope * FACE[..., 0] / 255, rtol=1e-4)


def test_a_backbone_inside_the_network_gives_its_map():
    cam = GradCam(networks.nested())
    (found,) = cam(FACE[None], np.array([0]))
    assert cam.layer == "backbone"
    weight = 1 / (1 + np.exp(-1)) / 16
    np.testing.assert_allclose(found, weight * FACE[..., 0] / 255, rtol=1e-5)


def test_another_layer_by_name_and_a_wrong_one():
    network = compact.build(widths=(2, 4), pairs=(0,))
    assert GradCam(network).layer == "stage2_1_relu"
    assert GradCam(network, "stage1_1_relu")(FACE.repeat(12, 0).repeat(12, 1)[None], np.array([3])).shape == (1, 48, 48)
    with pytest.raises(UserError, match=r"Expected a layer with a feature map \(.*stage1_1_relu.*Received: 'pool'"):
        GradCam(network, "pool")


def test_a_layer_that_others_lead_round_is_refused():
    network = compact.build(widths=(2, 4), pairs=(1,))
    with pytest.raises(UserError, match=r"a layer that everything passes through. Received: 'stage2_pair1_1_conv'"):
        GradCam(network, "stage2_pair1_1_conv")


def test_the_last_map_that_everything_passes_is_taken():
    given, x = networks.image()
    left, right = (keras.layers.Conv2D(1, 1, name=side)(x) for side in ("left", "right"))
    pooled = [keras.layers.GlobalAveragePooling2D()(side) for side in (left, right)]
    logits = keras.layers.Dense(2)(keras.layers.Concatenate()(pooled))
    assert GradCam(keras.Model(given, keras.layers.Activation("softmax")(logits))).layer == "unit"


def test_a_network_without_a_feature_map_is_refused():
    vector = keras.Input((3,))
    with pytest.raises(
        UserError, match="Expected a network with a feature map that everything passes through. Received: dense"
    ):
        GradCam(keras.Model(vector, keras.layers.Dense(2, activation="softmax")(vector), name="dense"))


def test_a_reloaded_network_has_the_same_map(tmp_path):
    model = compact.build(widths=(4, 8), pairs=(1,), parts=("cbam",))
    saved.save(model, tmp_path / "model.keras")
    faces, places = np.random.default_rng(0).integers(0, 256, (2, 48, 48, 1), np.uint8), np.array([0, 4])
    again = GradCam(saved.load(tmp_path / "model.keras"))
    np.testing.assert_allclose(again(faces, places), GradCam(model)(faces, places), rtol=1e-4, atol=1e-7)
