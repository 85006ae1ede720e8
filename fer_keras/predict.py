"""`python -m fer_keras.predict MODEL IMAGE...`: what a trained model sees in one's own photos (Paper 001, appendix)."""

import argparse
import os
import pathlib

from fer_keras.cli import guarded
from fer_keras.errors import expected


def main() -> int:
    """Print one line an image: file, predicted expression, confidence; 2 on bad input."""
    parser = argparse.ArgumentParser(prog="python -m fer_keras.predict", description=__doc__)
    parser.add_argument("model", type=pathlib.Path, help="model.keras of a run, or its SavedModel folder")
    parser.add_argument(
        "images", type=pathlib.Path, nargs="+", help="faces, cropped; PNG, JPEG, BMP or GIF of any size"
    )
    arguments = parser.parse_args()
    return guarded(lambda: _predict_all(arguments.model, arguments.images))


def _predict_all(model_path, images):
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    classify, side, channels, names = _classifier(model_path)
    for path in images:
        probabilities = classify(read_face(path, side, channels)[None])[0]
        best = int(probabilities.argmax())
        print(f"{path}: {names[best]} ({100 * float(probabilities[best]):.2f}% confidence)")


def _classifier(path):
    """Return (function of uint8 [1, S, S, C] to float [1, K], S, C, class names) for either format."""
    from fer_keras.labels import FER2013_CLASSES
    from fer_keras.models import saved

    if (path / "saved_model.pb").exists():
        import tensorflow as tf

        loaded = tf.saved_model.load(str(path))
        shape = loaded.signatures["serving_default"].structured_input_signature[1]
        _, side, _, channels = next(iter(shape.values())).shape
        names = [
            name.decode() for name in loaded.serve(tf.zeros((1, side, side, channels), tf.uint8))["class_names"].numpy()
        ]
        return (lambda face: loaded.serve(tf.constant(face))["probabilities"].numpy()), side, channels, names
    model = saved.load(path)
    _, side, _, channels = model.input_shape
    return (lambda face: model.predict(face, verbose=0)), side, channels, FER2013_CLASSES


def read_face(path: pathlib.Path, side: int, channels: int):
    """Return the image at `path` as uint8 [side, side, channels]: centre-cropped to a square, shrunk with area averaging.

    Raises UserError for a file that is missing or no image.
    """
    import tensorflow as tf

    try:
        image = tf.io.decode_image(path.read_bytes(), channels=3, expand_animations=False)
    except (OSError, tf.errors.InvalidArgumentError) as error:
        raise expected(
            "an image (PNG, JPEG, BMP or GIF)", path, getattr(error, "strerror", "") or "It cannot be decoded."
        ) from error
    if channels == 1:
        image = tf.image.rgb_to_grayscale(image)
    edge = tf.reduce_min(tf.shape(image)[:2])
    image = tf.image.resize_with_crop_or_pad(image, edge, edge)
    resized = tf.image.resize(tf.cast(image, tf.float32), (side, side), method="area")
    return tf.cast(tf.round(resized), tf.uint8).numpy()


if __name__ == "__main__":
    raise SystemExit(main())
