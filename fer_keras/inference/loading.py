"""A classifier from a file of the suite.

The classes are those that the model's file names, or those given; a foreign model's order is never guessed. A model whose
training faces were cropped says how, in its file or in record.json beside it, and its photos are cropped so too.
"""

import dataclasses
import pathlib

from fer_keras.inference.classifier import Classifier
from fer_keras.io.errors import expected


def load(
    path: pathlib.Path,
    classes: tuple[str, ...] | None = None,
    crop: bool | None = None,
    detector: pathlib.Path | None = None,
) -> Classifier:
    """Return the classifier in a .keras file or a SavedModel folder of the suite.

    A .keras file runs no code of its own. A SavedModel is a program, which may read and write files: only one's own.

    Args:
        classes: names of the outputs in order, for a model that does not name them.
        crop: find the face in photos; None does what the training faces went through.
        detector: YuNet's file, instead of the Haar cascade.

    Raises UserError for anything that is no classifier of faces, or does not say which classes it has.
    """
    path = pathlib.Path(path)
    cropping = find_cropping(path, crop, detector)
    if (path / "saved_model.pb").exists():
        try:
            return dataclasses.replace(_of_saved_model(path), cropping=cropping)
        except Exception as error:  # a damaged one raises protobuf's, TensorFlow's or Python's own
            raise expected(f"a SavedModel of --export at {path}", " ".join(str(error).split())[:200]) from error
    from fer_keras.models import saved

    model = saved.load(path)
    shape = model.input_shape
    if len(shape) != 4 or None in shape[1:] or len(model.output_shape) != 2:
        raise expected(f"a classifier of faces at {path}", f"input {shape}, output {model.output_shape}")
    names = saved.class_names(path, model, classes)
    return Classifier(lambda faces: model.predict(faces, verbose=0), shape[1], shape[3], names, cropping)


def _of_saved_model(path) -> Classifier:
    import tensorflow as tf

    loaded = tf.saved_model.load(str(path))
    shape = loaded.signatures["serving_default"].structured_input_signature[1]
    _, side, _, channels = next(iter(shape.values())).shape
    names = loaded.serve(tf.zeros((1, side, side, channels), tf.uint8))["class_names"].numpy()
    names = tuple(name.decode() for name in names)
    return Classifier(lambda faces: loaded.serve(tf.constant(faces))["probabilities"].numpy(), side, channels, names)


def find_cropping(model: pathlib.Path, crop: bool | None, file: pathlib.Path | None):
    """Return (Detector, margin) to crop photos with, or None to take them as they are.

    Raises UserError without OpenCV, or when the training faces were cropped by another detector than `file` gives.
    """
    from fer_keras.data.crop import MARGIN
    from fer_keras.data.detect import Detector

    recorded = _recorded_crop(model) if crop is None else None
    if not (crop or recorded):
        return None
    detector = Detector(file)
    if recorded and detector.name != recorded[0]:
        what = f"{recorded[0]}, which cropped this model's training images"
        raise expected(what, detector.name, "Give it with --detector, or say --crop or --no-crop.")
    return detector, recorded[1] if recorded else MARGIN


def _recorded_crop(model: pathlib.Path) -> tuple[str, float] | None:
    """Return (detector's name, margin) of the training images, from the model's file or from the record beside it."""
    from fer_keras.models import saved
    from fer_keras.runs.directory import RECORD
    from fer_keras.runs.record import read_facts

    contract = saved.contract(model) if model.is_file() else None
    if contract:
        return contract.crop
    if not (model.parent / RECORD).is_file():
        return None
    crop = read_facts(model.parent)["data"].get("crop")
    return crop and (crop["detector"], crop["margin"])
