"""One backbone under the papers' heads."""

import keras
import numpy as np
import pytest

from fer_keras.models import builder
from fer_keras.models.transfer import HEADS

LITE0 = 3_413_024
PARAMETERS = {
    "single": LITE0 + 1280 * 7 + 7,
    "three": LITE0 + 1280 * 512 + 512 + 512 * 256 + 256 + 256 * 7 + 7,
    "sphere": LITE0 + 2 * 1280 + 1280 * 128 + 128 + 128 * 64 + 64 + 64 * 7 + 7,
    "attentive": LITE0 + 1280 * 256 + 256 + 256 * 7 + 7,
}


def test_the_table_is_complete():
    assert PARAMETERS.keys() == HEADS.keys()


@pytest.mark.parametrize("head", PARAMETERS)
def test_parameter_counts(head):
    with keras.StatelessScope(initialize_variables=False):
        model = builder("transfer")(image_size=32, head=head)
    assert model.count_params() == PARAMETERS[head]
    keras.backend.clear_session()


def test_the_mean_kernel_is_a_third_of_the_sum():
    white = np.full((1, 48, 48, 1), 255, "uint8")
    seen = {}
    for grey, last in (("sum", "normalise"), ("mean", "mean_kernel")):
        model = builder("transfer")(image_size=32, grey=grey)
        seen[grey] = np.asarray(keras.Model(model.input, model.get_layer(last).output)(white))
    np.testing.assert_allclose(seen["sum"], 1, rtol=1e-5)
    np.testing.assert_allclose(seen["mean"], seen["sum"] / 3, rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "received"),
    [({"head": "double"}, "double"), ({"grey": "max"}, "max"), ({"parts": ("cbam",)}, "single")],
)
def test_what_cannot_be_built_is_refused(arguments, received):
    with pytest.raises(ValueError, match=rf"Expected .* Received: .*{received}"):
        builder("transfer")(image_size=32, **arguments)
