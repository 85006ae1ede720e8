"""The expression network of face-api.js: four dense blocks of depthwise separable convolutions, 112 px RGB."""

import pathlib

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.io.tfjs_weights import read_weights
from fer_keras.studies.peers.peer import Forward

SIDE = 112
MEAN_RGB = (122.782, 117.001, 104.298)
CLASSES = ("neutral", "happy", "sad", "angry", "fear", "disgust", "surprise")
"""Its order of outputs, in FER2013's words (it says fearful, disgusted, surprised)."""

BLOCKS, LAYERS, WIDTHS = 4, 4, (32, 64, 128, 256)


def open_network(manifest: pathlib.Path) -> Forward:
    """Return the network whose weights `manifest` lists (a TensorFlow.js weights manifest). Raises UserError."""
    weights = read_weights(manifest)
    model = _network(weights)
    order = [CLASSES.index(name) for name in FER2013_CLASSES]

    def forward(faces: np.ndarray) -> np.ndarray:
        colour = np.repeat(_enlarged(faces), 3, axis=-1)
        return np.asarray(model.predict_on_batch((colour - np.float32(MEAN_RGB)) / 255.0))[:, order]

    return forward


def _enlarged(faces: np.ndarray) -> np.ndarray:
    """Return uint8 faces [N, H, W, 1] as float32 [N, SIDE, SIDE, 1], enlarged as the package does: tf.image.resizeBilinear.

    Pixels are sampled at their corners, not at their centres, and not rounded.
    """
    import tensorflow as tf

    return tf.raw_ops.ResizeBilinear(images=faces.astype(np.float32), size=[SIDE, SIDE]).numpy()


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
