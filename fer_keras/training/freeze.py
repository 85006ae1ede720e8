"""The one place that decides what trains in a phase."""

import math

import keras

from fer_keras.config.recipe import Phase

BACKBONE = "backbone"


def apply(model: keras.Model, phase: Phase) -> int:
    """Freeze and unfreeze `model` for `phase` and return the number of trainable weights' parameters.

    Everything outside the nested layer "backbone" trains. Of the backbone trains nothing ("frozen"), everything ("all"),
    or layers[index:]. With batch_norm="frozen" its batch norms keep their statistics, gamma and beta, and run in
    inference mode. A changed `trainable` counts from the next compile.

    Raises ValueError when the model has no backbone to freeze, or the index leaves nothing to train.
    """
    model.trainable = True
    if BACKBONE not in {layer.name for layer in model.layers}:
        if phase.backbone != "all":
            raise ValueError(
                f"Expected a layer named {BACKBONE!r} for phase {phase.name}. Received: {model.name} without one"
            )
        return trainable_parameters(model)
    backbone = model.get_layer(BACKBONE)
    first = _first_trained(backbone, phase)
    if phase.backbone != "frozen" and first >= len(backbone.layers):
        raise ValueError(f"Expected a layer index below {len(backbone.layers)} in {phase.name}. Received: {first}")
    for index, layer in enumerate(backbone.layers):
        frozen_norm = phase.batch_norm == "frozen" and isinstance(layer, keras.layers.BatchNormalization)
        layer.trainable = index >= first and not frozen_norm
    return trainable_parameters(model)


def cost_of_a_step(model: keras.Model, phase: Phase) -> float:
    """Return about how often a step of `phase` goes through the network: once, and twice back through what trains."""
    if BACKBONE not in {layer.name for layer in model.layers}:
        return 3.0
    backbone = model.get_layer(BACKBONE)
    return 3.0 - 2.0 * min(1.0, _first_trained(backbone, phase) / len(backbone.layers))


def _first_trained(backbone, phase) -> int:
    """Return the index of the first layer of the backbone that trains in `phase`; their number where none does."""
    return {"all": 0, "frozen": len(backbone.layers)}.get(phase.backbone, phase.backbone)


def trainable_parameters(model: keras.Model) -> int:
    """Return the number of parameters in the trainable weights."""
    return sum(math.prod(weight.shape) for weight in model.trainable_weights)
