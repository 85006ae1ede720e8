"""`python -m fer_keras.predict MODEL IMAGE...`: what a trained model sees in one's own photos (Paper 001, appendix).

The classes are those that the model's file names, or --classes; a foreign model's order is never guessed. With --crop
the face is found first, by the function and parameters that cropped the training rows: a model of a run with --crop
says which they were, in its file or in record.json beside it, and crops without being asked.
"""

import pathlib

from fer_keras import runtime
from fer_keras.io.errors import expected

FORMATS = ("PNG", "JPEG", "BMP", "GIF")


def predict_all(
    model_path: pathlib.Path,
    images: list[pathlib.Path],
    crop: bool | None,
    detector: pathlib.Path | None,
    classes: tuple[str, ...] | None = None,
):
    """Print one line an image: file, predicted expression, confidence.

    `classes` are the names of the outputs in order, for a model that does not name them.
    Raises UserError for bad input, a model without class names among it.
    """
    runtime.prepare(training=False)
    cropping = find_cropping(model_path, crop, detector)
    classify, side, channels, names = _classifier(model_path, classes)
    for path in images:
        face, note = read_face(path, side, channels, cropping)
        probabilities = classify(face[None])[0]
        best = int(probabilities.argmax())
        print(f"{path}: {names[best]} ({100 * float(probabilities[best]):.2f}% confidence){note}")


def find_cropping(model_path: pathlib.Path, asked: bool | None, file: pathlib.Path | None):
    """Return (Detector, margin) to crop photos with, or None to take them as they are.

    `asked` None does what the model's training rows went through. Raises UserError without OpenCV, or when that was
    another detector than `file` gives.
    """
    from fer_keras.data.crop import MARGIN
    from fer_keras.data.detect import Detector

    recorded = _recorded_crop(model_path) if asked is None else None
    if not (asked or recorded):
        return None
    detector = Detector(file)
    if recorded and detector.name != recorded[0]:
        what = f"{recorded[0]}, which cropped this model's training rows"
        raise expected(what, detector.name, "Give it with --detector, or say --crop or --no-crop.")
    return detector, recorded[1] if recorded else MARGIN


def _recorded_crop(model_path: pathlib.Path) -> tuple[str, float] | None:
    """Return (detector's name, margin) of the training rows, from the model's file or from record.json beside it."""
    from fer_keras.models import saved
    from fer_keras.runs.record import RECORD, read_record

    contract = saved.contract(model_path) if model_path.is_file() else None
    if contract:
        return contract.crop
    if not (model_path.parent / RECORD).is_file():
        return None
    crop = read_record(model_path.parent)["data"].get("crop")
    return crop and (crop["detector"], crop["margin"])


def _classifier(path, classes):
    """Return (function of uint8 [1, S, S, C] to float [1, K], S, C, class names) for either format.

    A .keras file runs no code of its own. A SavedModel is a program, which may read and write files: only one's own.
    Raises UserError for anything that is no classifier of faces, or does not say which classes it has.
    """
    from fer_keras.models import saved

    if (path / "saved_model.pb").exists():
        try:
            return _of_saved_model(path)
        except Exception as error:  # a damaged one raises protobuf's, TensorFlow's or Python's own
            raise expected(f"a SavedModel of --export at {path}", " ".join(str(error).split())[:200]) from error
    model = saved.load(path)
    shape = model.input_shape
    if len(shape) != 4 or len(model.output_shape) != 2:
        raise expected(f"a classifier of faces at {path}", f"input {shape}, output {model.output_shape}")
    names = saved.class_names(path, model, classes)
    return (lambda face: model.predict(face, verbose=0)), shape[1], shape[3], names


def _of_saved_model(path):
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    shape = loaded.signatures["serving_default"].structured_input_signature[1]
    _, side, _, channels = next(iter(shape.values())).shape
    names = [
        name.decode() for name in loaded.serve(tf.zeros((1, side, side, channels), tf.uint8))["class_names"].numpy()
    ]
    return (lambda face: loaded.serve(tf.constant(face))["probabilities"].numpy()), side, channels, names


def read_face(path: pathlib.Path, side: int, channels: int, cropping=None):
    """Return (the image at `path` as uint8 [side, side, channels], a note on the face found for the user).

    Turned upright where its EXIF data say how; then cropped to the face by `cropping` = (Detector, margin), or without
    it to the central square, shrunk with area averaging and with an empty note.
    Raises UserError for a file that is missing or no image, or a decompression bomb.
    """
    import numpy as np
    from PIL import Image, ImageOps

    from fer_keras.data.crop import crop
    from fer_keras.data.readers.photos import in_colour

    image = ImageOps.exif_transpose(in_colour(path, FORMATS)).convert("L" if channels == 1 else "RGB")
    if cropping:
        pixels = np.asarray(image).reshape(image.height, image.width, channels)
        found = crop(pixels, side, *cropping)
        left, top, width, height = (round(number) for number in found.box or (0, 0, 0, 0))
        place = f"face of {width}x{height} pixels at {left},{top}" if found.box else "no face found, centre taken"
        return found.pixels, f"; {place}"
    (width, height), edge = image.size, min(image.size)
    left, top = (width - edge) // 2, (height - edge) // 2
    face = image.crop((left, top, left + edge, top + edge))
    return np.asarray(face.resize((side, side), Image.Resampling.BOX)).reshape(side, side, channels), ""
