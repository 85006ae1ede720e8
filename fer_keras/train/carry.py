"""Carry weights from one phase's model into the next one's when the number of classes or channels changes."""

import keras

from fer_keras.models.weights.named import by_path


def over(old: keras.Model, new: keras.Model) -> list[str]:
    """Copy every weight of `old` whose path and shape also stand in `new`; return the paths that stay fresh in `new`.

    Raises ValueError when nothing matches: then the two are not phases of one model.
    """
    sources = by_path(old.weights)
    fresh = []
    for path, weight in by_path(new.weights).items():
        source = sources.get(path)
        if source is not None and tuple(source.shape) == tuple(weight.shape):
            weight.assign(source)
        else:
            fresh.append(path)
    if len(fresh) == len(new.weights):
        raise ValueError(
            f"Expected models that share weights by name. Received: {old.name} and {new.name}, which share none"
        )
    return fresh
