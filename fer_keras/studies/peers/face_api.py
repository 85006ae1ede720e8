"""The expression network of face-api.js: four dense blocks of depthwise separable convolutions, 112 px RGB."""

import json
import pathlib

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.studies.peers.peer import Forward, enlarged

SIDE = 112
MEAN_RGB = (122.782, 117.001, 104.298)
CLASSES = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")
"""Its order of outputs, in FER2013's words (it says fearful, disgusted, surprised)."""

BLOCKS, LAYERS, WIDTHS = 4, 4, (32, 64, 128, 256)
MOST_BYTES = 10_000_000


def open_network(manifest: pathlib.Path) -> Forward:
    """Return the network whose weights `manifest` lists (a TensorFlow.js weights manifest). Raises UserError."""
    weights = _weights(manifest)
    model = _network(weights)
    order = [CLASSES.index(name) for name in FER2013_CLASSES]

    def forward(faces: np.ndarray) -> np.ndarray:
        colour = np.repeat(enlarged(faces, SIDE), 3, axis=-1)
        return np.asarray(model.predict_on_batch((colour - np.float32(MEAN_RGB)) / 255.0))[:, order]

    return forward


def _network(weights: dict[str, np.ndarray]):
    import keras
    from keras import layers

    image = keras.Input((SIDE, SIDE, 3))
    x, filled = image, []

    def convolved(x, name, stride, first):
        width = WIDTHS[int(name[5])]
        kind = layers.Conv2D if first else layers.SeparableConv2D
        layer = kind(width, 3, strides=stride, padding="same")
        filled.append((layer, name))
        return layer(x)

    for block in range(BLOCKS):
        total = layers.ReLU()(convolved(x, f"dense{block}/conv0", 2, block == 0))
        x = total
        for number in range(1, LAYERS):
            total = layers.Add()([total, convolved(x, f"dense{block}/conv{number}", 1, False)])
            x = layers.ReLU()(total)
    x = layers.Flatten()(layers.AveragePooling2D(7, 2)(x))
    head = layers.Dense(len(CLASSES), activation="softmax")
    model = keras.Model(image, head(x))
    for layer, name in filled:
        kernels = ("filters",) if f"{name}/filters" in weights else ("depthwise_filter", "pointwise_filter")
        layer.set_weights([weights[f"{name}/{part}"] for part in (*kernels, "bias")])
    head.set_weights([weights["fc/weights"], weights["fc/bias"]])
    return model


def _weights(manifest: pathlib.Path) -> dict[str, np.ndarray]:
    """Return {name: float32 array}; 8-bit ones are value * scale + min."""
    try:
        (group,) = files.read_json(manifest)
        content = b"".join(_content(manifest.parent / pathlib.Path(name).name) for name in group["paths"])
        arrays, start = {}, 0
        for entry in group["weights"]:
            rule, shape = entry.get("quantization"), tuple(entry["shape"])
            kind = np.dtype(rule["dtype"] if rule else entry["dtype"])
            count = int(np.prod(shape))
            values = np.frombuffer(content, kind, count, start).astype(np.float32).reshape(shape)
            arrays[entry["name"]] = values * np.float32(rule["scale"]) + np.float32(rule["min"]) if rule else values
            start += count * kind.itemsize
    except (KeyError, TypeError, ValueError, json.JSONDecodeError) as error:
        raise expected(f"a TensorFlow.js weights manifest at {manifest}", f"{type(error).__name__}: {error}") from error
    return arrays


def _content(path: pathlib.Path) -> bytes:
    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise expected(f"weights of at most {MOST_BYTES:,} bytes at {path}", "none, or more")
    return path.read_bytes()
