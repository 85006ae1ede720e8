import keras
import numpy as np
import pytest

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.layers.class_branches import ClassBranches

GROUPS = (("happy", "surprise", "neutral"), ("angry", "disgust", "fear", "sad"))
FEATURES = np.random.default_rng(0).normal(size=(4, 6)).astype("float32")


def built(**arguments):
    layer = ClassBranches(FER2013_CLASSES, GROUPS, **{"units": 5, "dropout": 0.3, "l2": 0.01, **arguments})
    layer.build((None, 6))
    return layer


def test_each_logit_stands_at_its_class():
    layer = built()
    for i, group in enumerate(GROUPS):
        weights = [np.zeros((5, len(group))), [float(FER2013_CLASSES.index(name)) for name in group]]
        layer.logits[i].set_weights([np.asarray(w, "float32") for w in weights])
    np.testing.assert_array_equal(layer(FEATURES), np.tile(np.arange(7.0), (4, 1)))


def test_equals_two_independent_branches():
    layer = built()
    rng = np.random.default_rng(1)
    expected = np.zeros((4, 7))
    for i, group in enumerate(GROUPS):
        shapes = [(6, 5), (5,), (5, len(group)), (len(group),)]
        w1, b1, w2, b2 = (rng.normal(size=shape).astype("float32") for shape in shapes)
        layer.hidden[i].set_weights([w1, b1])
        layer.logits[i].set_weights([w2, b2])
        columns = [FER2013_CLASSES.index(name) for name in group]
        expected[:, columns] = np.maximum(FEATURES @ w1 + b1, 0) @ w2 + b2
    np.testing.assert_allclose(layer(FEATURES), expected, rtol=1e-4, atol=1e-5)


def test_parameter_count_at_the_papers_width():
    layer = ClassBranches(FER2013_CLASSES, GROUPS)
    layer.build((None, 512))
    assert layer.count_params() == 2 * (512 * 256 + 256) + (256 * 3 + 3) + (256 * 4 + 4) == 264_455


def test_penalty_is_on_the_kernels_alone():
    layer = built()
    layer.set_weights([np.full(w.shape, 2.0, "float32") for w in layer.weights])
    kernels = 2 * (6 * 5) + 5 * 3 + 5 * 4
    np.testing.assert_allclose(sum(layer.losses), 0.01 * 4.0 * kernels, rtol=1e-5)


def test_dropout_acts_in_training_only():
    layer = built(dropout=0.5)
    np.testing.assert_array_equal(layer(FEATURES), layer(FEATURES, training=False))
    assert not np.allclose(layer(FEATURES, training=True), layer(FEATURES))


@pytest.mark.parametrize(
    "groups", [GROUPS[:1], (*GROUPS, ("happy",)), (GROUPS[0], ("angry", "disgust", "fear", "glad"))]
)
def test_refuses_groups_that_are_no_partition(groups):
    with pytest.raises(ValueError, match="groups that hold each of"):
        ClassBranches(FER2013_CLASSES, groups)


def test_reload(tmp_path):
    features = keras.Input((6,))
    model = keras.Model(features, ClassBranches(FER2013_CLASSES, GROUPS, 5, 0.25, 0.5, name="branches")(features))
    model.save(tmp_path / "layer.keras")
    again = keras.models.load_model(tmp_path / "layer.keras")
    layer = again.get_layer("branches")
    assert (layer.class_names, layer.groups, layer.units) == (FER2013_CLASSES, GROUPS, 5)
    assert (layer.dropout, layer.l2) == (0.25, 0.5)
    np.testing.assert_array_equal(again(FEATURES), model(FEATURES))
    np.testing.assert_allclose(sum(again.losses), sum(model.losses), rtol=1e-6)
