"""The weights that recipes start from, fetched before the first of many runs needs them."""

from collections.abc import Sequence

from fer_keras import recipes, runtime
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.io.errors import UserError

SIDE, CHANNELS = 48, 1
"""Of the faces for which a network is built; weights do not depend on it."""


def unavailable(names: Sequence[str]) -> dict[str, str]:
    """Return {recipe: why} of those recipes among `names` whose weights can be neither found nor fetched.

    What can be fetched is, and is kept for the runs. Loads Keras, and builds a network of each kind.
    """
    runtime.prepare(training=False)
    from fer_keras.models.weights.initial import load_backbone
    from fer_keras.runs.train_run import build

    known, answers = recipes.recipes(), {}
    for recipe in map(known.get, names):
        if (kind := (recipe.network, recipe.init)) in answers:
            continue
        try:
            load_backbone(build(recipe, FER2013_CLASSES, CHANNELS, SIDE), recipe.init)
            answers[kind] = ""
        except UserError as error:
            answers[kind] = str(error)
    return {name: why for name in names if (why := answers[known[name].network, known[name].init])}
