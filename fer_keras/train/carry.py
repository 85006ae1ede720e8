"""Carry weights from one phase's model into the next one's when the number of classes or channels changes."""

import keras


def over(old: keras.Model, new: keras.Model) -> list[str]:
    """Copy every weight of `old` whose path and shape also stand in `new`; return the paths that stay fresh in `new`.

    Raises ValueError when nothing matches: then the two are not phases of one model.
    """
    have = {weight.path: weight for weight in old.weights}
    fresh = []
    for weight in new.weights:
        source = have.get(weight.path)
        if source is not None and tuple(source.shape) == tuple(weight.shape):
            weight.assign(source)
        else:
            fresh.append(weight.path)
    if len(fresh) == len(new.weights):
        raise ValueError(
            f"Expected models that share weights by name. Received: {old.name} and {new.name}, which share none"
        )
    return fresh
