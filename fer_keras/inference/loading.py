"""A classifier from a file of the suite.

The classes are those that the model's file names, or those given; a foreign model's order is never guessed. A model whose
training faces were cropped says how, in its file or in record.json beside it, and its photos are cropped so too.
"""

import pathlib

from fer_keras import pretrained
from fer_keras.inference import litert, litert_file
from fer_keras.inference.classifier import Classifier
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.models.contract import Contract, of_json

LITERT, SAVED_MODEL = ".tflite", "saved_model.pb"
CONTRACT = pathlib.Path("assets.extra", "fer_keras.json")
"""Where a SavedModel of the suite says its class names and its input."""


def load(
    path: pathlib.Path | None = None,
    classes: tuple[str, ...] | None = None,
    crop: bool | None = None,
    detector: pathlib.Path | None = None,
) -> Classifier:
    """Return the classifier in a .keras or .tflite file or a SavedModel folder of the suite.

    A .keras file runs no code of its own. A SavedModel is a program, which may read and write files: only one's own. A
    .tflite file needs no TensorFlow.

    Args:
        path: None for the model that is installed with the package.
        classes: names of the outputs in order, for a model that does not name them.
        crop: find the face in photos; None does what the training faces went through.
        detector: name or file of the detector (`open_detector`); None takes the training faces' own, or the default one.

    Raises UserError for anything that is no classifier of faces, or does not say which classes it has.
    """
    path = pretrained.model_file() if path is None else pathlib.Path(path)
    cropping = find_cropping(path, crop, detector)
    if path.suffix.lower() == LITERT:
        network = litert.open_file(path)
        return _of_contract(network, network.contract, classes, cropping, path)
    if (path / SAVED_MODEL).exists():
        contract = _contract_of_saved_model(path)
        return _of_contract(_program(path), contract, classes, cropping, path)
    from fer_keras.models import saved

    model = saved.load(path)
    shape = model.input_shape
    if len(shape) != 4 or None in shape[1:] or len(model.output_shape) != 2:
        raise expected(f"a classifier of faces at {path}", f"input {shape}, output {model.output_shape}")
    names = saved.class_names(path, model, classes)
    return Classifier(lambda faces: model.predict(faces, verbose=0), shape[1], shape[3], names, cropping, network=model)


def _of_contract(forward, contract: Contract, classes, cropping, path) -> Classifier:
    names = classes or contract.class_names
    if len(names) != len(contract.class_names):
        raise expected(f"{len(contract.class_names)} class names for {path}, one for each output", len(names))
    return Classifier(forward, contract.side, contract.channels, tuple(names), cropping)


def _contract_of_saved_model(path: pathlib.Path) -> Contract:
    return of_json(files.read_json(path / CONTRACT), path / CONTRACT)


def _program(path: pathlib.Path):
    """Return the SavedModel at `path` as a function of uint8 faces [N, side, side, channels]."""
    import tensorflow as tf

    try:
        loaded = tf.saved_model.load(str(path))
        loaded.serve  # noqa: B018  (another program may have none)
    except Exception as error:  # a damaged one raises protobuf's, TensorFlow's or Python's own
        raise expected(f"a SavedModel of fer-keras at {path}", " ".join(str(error).split())[:200]) from error
    return lambda faces: loaded.serve(tf.constant(faces))["probabilities"].numpy()


def find_cropping(model: pathlib.Path, crop: bool | None, file: pathlib.Path | None):
    """Return (Detector, margin) to crop photos with, or None to take them as they are.

    Without `file` it is the detector that cropped the training faces, or else the default one.
    Raises UserError where that cannot be had, or when it was another detector than `file` gives.
    """
    from fer_keras.data.crop import MARGIN
    from fer_keras.detection import open_detector

    recorded = _recorded_crop(model) if crop is None else None
    if not (crop or recorded):
        return None
    detector = open_detector(file or (recorded and recorded[0]))
    if recorded and detector.name != recorded[0]:
        what = f"{recorded[0]}, which cropped this model's training images"
        raise expected(what, detector.name, "Give it with --detector, or say --crop or --no-crop.")
    return detector, recorded[1] if recorded else MARGIN


def _recorded_crop(model: pathlib.Path) -> tuple[str, float] | None:
    """Return (detector's name, margin) of the training images, from the model's file or from the record beside it."""
    if model.suffix.lower() == LITERT:
        return litert_file.contract(model).crop
    if (model / SAVED_MODEL).exists():
        return _contract_of_saved_model(model).crop
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
