"""A network with convolutions of low rank, begun from the same network with whole ones."""

import keras
import numpy as np
from keras import ops

BATCH = 50
FACES = 2000
"""So many images show which directions the responses of a convolution have: at least 72,000 of 512 values each."""

CONVOLUTION, MIX, NORM = "_conv", "_mix", "_bn"


def fill(network: keras.Model, whole: keras.Model, images: np.ndarray) -> None:
    """Give `network` the weights of `whole`, those of each convolution of low rank by what they keep of its responses.

    Responses are weighted as the batch norm after them weights them; the directions of most variance stay (Zhang et al.
    2016, "Accelerating Very Deep Convolutional Networks for Classification and Detection", §3.1, the linear case). The
    batch norm gets the mean and variance of what is left. All responses are those of `whole`: of the convolutions after
    the first reduced one, whose inputs change a little, the statistics are nearly right.

    Args:
        network: of `compact.build` with `ranks`. whole: the same without.
        images: uint8 (N, H, W, C) as the networks take them; FACES of them, evenly spaced, are looked at.

    Raises ValueError, having changed nothing, where the two differ in more than ranks, a rank is above the channels, or
    no convolution is reduced.
    """
    reduced = [layer.name.removesuffix(MIX) for layer in network.layers if layer.name.endswith(MIX)]
    split = {f"{name}{part}" for name in reduced for part in (CONVOLUTION, MIX, NORM)}
    pairs = _pairs(network, whole, split)
    _require_ranks(network, reduced)
    moments = _moments(whole, reduced, images[:: max(1, len(images) // FACES)][:FACES])
    for layer, source in pairs:
        layer.set_weights(source.get_weights())
    for name, (mean, covariance) in moments.items():
        _reduce(network, whole, name, mean, covariance)


def _pairs(network, whole, split: set[str]) -> list[tuple]:
    """Return the layers with weights outside `split`, each with its layer of `whole`."""
    found = {layer.name: layer for layer in whole.layers}
    pairs = [(layer, found.get(layer.name)) for layer in network.layers if layer.weights and layer.name not in split]
    for layer, source in pairs:
        shapes = source and [weight.shape for weight in source.weights]
        if shapes != [weight.shape for weight in layer.weights]:
            raise ValueError(f"Expected {layer.name} to be the same in both networks. Received: {shapes}")
    return pairs


def _require_ranks(network, names: list[str]) -> None:
    ranks = {name: network.get_layer(name + CONVOLUTION).filters for name in names}
    channels = {name: network.get_layer(name + MIX).filters for name in names}
    if not names or any(ranks[name] > channels[name] for name in names):
        raise ValueError(f"Expected ranks up to the number of channels, {channels}. Received: {ranks}")


def _moments(whole, names: list[str], images) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Return {name: (mean (C,), covariance (C, C)) of the convolution's responses over images and positions}."""
    outputs = keras.Model(whole.input, [whole.get_layer(name + CONVOLUTION).output for name in names])
    sums, squares, count = [0.0] * len(names), [0.0] * len(names), [0] * len(names)
    for start in range(0, len(images), BATCH):
        answers = outputs(images[start : start + BATCH], training=False)
        for number, answer in enumerate(answers):
            rows = ops.convert_to_numpy(ops.cast(answer, "float32"))
            rows = rows.reshape(-1, rows.shape[-1]).astype("float64")
            sums[number] += rows.sum(axis=0)
            squares[number] += rows.T @ rows
            count[number] += len(rows)
    means = [total / n for total, n in zip(sums, count, strict=True)]
    return {
        name: (mean, square / n - np.outer(mean, mean))
        for name, mean, square, n in zip(names, means, squares, count, strict=True)
    }


def _reduce(network, whole, name: str, mean: np.ndarray, covariance: np.ndarray) -> None:
    kernel = ops.convert_to_numpy(whole.get_layer(name + CONVOLUTION).kernel)
    convolution, mix, norm = (network.get_layer(name + part) for part in (CONVOLUTION, MIX, NORM))
    gamma, beta, old_mean, old_variance = (
        ops.convert_to_numpy(value).astype("float64") for value in whole.get_layer(name + NORM).get_weights()
    )
    scale = gamma / np.sqrt(old_variance + norm.epsilon)
    weighted = covariance * np.outer(scale, scale)
    kept = np.linalg.eigh(weighted)[1][:, -convolution.filters :]
    variance = ((weighted @ kept) * kept).sum(axis=0)
    left = (kept**2) @ variance
    convolution.set_weights([(kernel * scale) @ kept])
    mix.set_weights([kept.T[None, None]])
    norm.set_weights(
        [np.sqrt(left + norm.epsilon), beta + (mean - old_mean) * scale, kept @ (kept.T @ (mean * scale)), left]
    )
