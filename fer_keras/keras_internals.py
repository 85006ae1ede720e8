"""Everything that the suite uses of Keras beyond its documented API, in one place.

`check` says what is missing after an update of Keras; tests/test_keras_internals.py also says what behaves otherwise.
"""

import keras


def operations(model: keras.Model) -> list:
    """Return the layers and bare operations (`x + y`) of a functional model, in the order in which they run.

    `Model.layers` leaves the operations out.
    """
    return model.operations


def layers_within(layer: keras.Layer) -> list[keras.Layer]:
    """Return every layer inside `layer`, at any depth, those of composite layers too, which have no `layers`."""
    return list(layer._flatten_layers(include_self=False))
