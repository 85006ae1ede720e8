"""The two ResNets: exact sizes, torchvision's structure, and room for attention between the stages."""

import keras
import numpy as np
import pytest

from fer_keras.models.backbones.basic_resnet import BLOCKS, build_basic_resnet

# torchvision's 11,689,512 and 21,797,672, less the 513,000 of the top, plus 9,600 and 17,024 batch-norm statistics.
PARAMETERS = {18: 11_186_112, 34: 21_301_696}
TRAINABLE = {18: 11_176_512, 34: 21_284_672}


@pytest.fixture(scope="module")
def backbones():
    return {depth: build_basic_resnet(depth, image_size=64) for depth in BLOCKS}


def test_the_table_of_counts_is_complete():
    assert PARAMETERS.keys() == TRAINABLE.keys() == BLOCKS.keys()


@pytest.mark.parametrize("depth", PARAMETERS)
def test_parameter_counts_are_torchvisions(backbones, depth):
    backbone = backbones[depth]
    assert backbone.count_params() == PARAMETERS[depth]
    assert sum(int(np.prod(weight.shape)) for weight in backbone.trainable_weights) == TRAINABLE[depth]


@pytest.mark.parametrize("depth", BLOCKS)
def test_only_the_first_blocks_of_stages_2_to_4_have_a_projection(backbones, depth):
    names = [layer.name for layer in backbones[depth].layers]
    assert [name for name in names if name.endswith("_0_conv")] == [f"conv{group}_block1_0_conv" for group in (3, 4, 5)]
    strided = [layer.name for layer in backbones[depth].layers if getattr(layer, "strides", (1, 1)) == (2, 2)]
    assert sorted(strided) == sorted(
        ["conv1_conv", "pool1_pool", *(f"conv{g}_block1_{i}_conv" for g in (3, 4, 5) for i in (0, 1))]
    )


@pytest.mark.parametrize(("depth", "convolutions"), [(18, 20), (34, 36)])
def test_there_are_depth_weighted_layers(backbones, depth, convolutions):
    # The depth counts the stem, two a block and the top; three projections are not counted, the top is not there.
    found = [layer for layer in backbones[depth].layers if isinstance(layer, keras.layers.Conv2D)]
    assert len(found) == convolutions == depth - 1 + 3
    assert not any(layer.use_bias for layer in found)


def test_every_stage_halves_and_doubles(backbones):
    shapes = [backbones[34].get_layer(f"conv{g}_block1_out").output.shape[1:] for g in (2, 3, 4, 5)]
    assert shapes == [(16, 16, 64), (8, 8, 128), (4, 4, 256), (2, 2, 512)]
    assert backbones[34].output.shape == (None, 2, 2, 512)


def test_batch_norm_has_pytorchs_momentum(backbones):
    norms = [layer for layer in backbones[18].layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert {layer.momentum for layer in norms} == {0.9}
    assert all(abs(layer.epsilon - 1e-5) < 2e-8 for layer in norms)


def test_paths_start_with_the_name_and_attention_stands_outside():
    seen = []

    def attention(features, stage):
        seen.append((stage, features.shape[-1]))
        return keras.layers.Dense(features.shape[-1], use_bias=False, name=f"gate_stage{stage}")(features)

    backbone = build_basic_resnet(18, image_size=32, attention=attention)
    assert seen == [(1, 64), (2, 128), (3, 256), (4, 512)]
    outside = [weight.path for weight in backbone.weights if not weight.path.startswith("backbone/")]
    assert outside == [f"gate_stage{stage}/kernel" for stage in (1, 2, 3, 4)]
    assert backbone.count_params() == PARAMETERS[18] + 64**2 + 128**2 + 256**2 + 512**2
    assert backbone.output.shape == (None, 1, 1, 512)


def test_colour_channels_are_an_argument():
    assert build_basic_resnet(18, image_size=32, channels=1).count_params() == PARAMETERS[18] - 2 * 7 * 7 * 64


def test_another_depth_is_refused():
    with pytest.raises(ValueError, match=r"depth in \(18, 34\). Received: 50"):
        build_basic_resnet(50)


def test_a_saved_backbone_answers_the_same(backbones, tmp_path):
    images = np.random.default_rng(0).normal(size=(2, 64, 64, 3)).astype("float32")
    backbones[18].save(tmp_path / "backbone.keras")
    reloaded = keras.models.load_model(tmp_path / "backbone.keras")
    np.testing.assert_array_equal(reloaded(images), backbones[18](images))
