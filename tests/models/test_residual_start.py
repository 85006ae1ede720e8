import keras
import numpy as np
import pytest

from fer_keras.models.backbones import build_backbone
from fer_keras.models.backbones.basic_resnet import build_basic_resnet
from fer_keras.models.residual_start import begin_as_identity


@pytest.mark.parametrize(("depth", "blocks"), [(18, 8), (34, 16)])
def test_every_block_of_a_resnet_begins_as_its_shortcut(depth, blocks):
    network = build_basic_resnet(depth, image_size=32)
    assert begin_as_identity(network) == blocks
    zero = {layer.name for layer in network.layers if hasattr(layer, "gamma") and not np.any(layer.gamma.numpy())}
    assert "conv2_block1_2_bn" in zero
    assert not {name for name in zero if name.endswith(("_0_bn", "_1_bn"))}


ADDED = {"efficientnetb3": 19, "xception": 12, "mobilenetv3small": 6, "resnet50": 16}


@pytest.mark.parametrize("name", ADDED)
def test_every_sum_of_a_backbone_begins_as_one_of_its_terms(name):
    backbone = build_backbone(name, 71)
    sums = [layer for layer in backbone.layers if isinstance(layer, keras.layers.Add)]
    assert begin_as_identity(backbone) == len(sums) == ADDED[name]
    terms = keras.Model(backbone.input, [[layer.input, layer.output] for layer in sums])
    for term, total in terms(np.random.default_rng(0).uniform(0, 255, (2, 71, 71, 3))):
        assert sum(np.array_equal(one, total) for one in term) == 1


def test_other_networks_are_left_alone():
    image = keras.Input((4, 4, 3))
    assert begin_as_identity(keras.Model(image, keras.layers.BatchNormalization(name="norm")(image))) == 0
