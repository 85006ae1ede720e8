import keras
import pytest

from fer_keras.config.recipe import Phase
from fer_keras.config.settings import Optimizer
from fer_keras.training import freeze


def phase(backbone, batch_norm="trainable"):
    return Phase("p", 1, Optimizer("adam", 1e-3), backbone, batch_norm)


@pytest.fixture
def model():
    image = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, name="one")(image)  # 3*3*3*4 + 4 = 112
    x = keras.layers.BatchNormalization(name="norm")(x)  # gamma and beta: 8
    x = keras.layers.Conv2D(5, 3, name="two")(x)  # 3*3*4*5 + 5 = 185
    backbone = keras.Model(image, x, name="backbone")
    y = keras.layers.Flatten(name="flat")(backbone(image))
    return keras.Model(image, keras.layers.Dense(2, name="head")(y))  # 80*2 + 2 = 162


@pytest.mark.parametrize(
    ("backbone", "batch_norm", "count"),
    [
        ("frozen", "frozen", 162),
        ("all", "trainable", 162 + 112 + 8 + 185),
        ("all", "frozen", 162 + 112 + 185),
        (3, "trainable", 162 + 185),
        (2, "trainable", 162 + 8 + 185),
        (2, "frozen", 162 + 185),
    ],
)
def test_exactly_the_named_layers_train(model, backbone, batch_norm, count):
    assert freeze.apply(model, phase(backbone, batch_norm)) == count


def test_phases_do_not_add_up_but_each_decides_alone(model):
    freeze.apply(model, phase("all"))
    assert freeze.apply(model, phase("frozen")) == 162


def test_an_index_past_the_last_layer_is_refused_where_keras_would_train_nothing(model):
    with pytest.raises(ValueError, match="layer index below 4.*Received: 4"):
        freeze.apply(model, phase(4))


def test_freezing_what_is_not_there_is_refused():
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    with pytest.raises(ValueError, match="'backbone'"):
        freeze.apply(plain, phase("frozen"))
    assert freeze.apply(plain, phase("all")) == 8
