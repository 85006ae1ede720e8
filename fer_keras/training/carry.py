"""Carry weights from one phase's model into the next one's when the number of classes or channels changes."""

import keras

from fer_keras.models.weights.named import by_path


def over(old: keras.Model, new: keras.Model, same_classes: bool = True) -> list[str]:
    """Copy every weight of `old` whose path and shape also stand in `new`; return the paths that stay fresh in `new`.

    Without `same_classes`, what ends in a number for each class stays fresh too: as many classes in another order, or
    others, are not what it has learnt. Raises ValueError when nothing matches: then the two are no phases of one model.
    """
    sources, classes = by_path(old.weights), new.output_shape[-1]
    fresh = []
    for path, weight in by_path(new.weights).items():
        source = sources.get(path)
        of_classes = not same_classes and weight.shape[-1:] == (classes,)
        if source is not None and tuple(source.shape) == tuple(weight.shape) and not of_classes:
            weight.assign(source)
        else:
            fresh.append(path)
    if len(fresh) == len(new.weights):
        raise ValueError(
            f"Expected models that share weights by name. Received: {old.name} and {new.name}, which share none"
        )
    return fresh
