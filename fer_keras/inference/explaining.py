"""Faces of a photo, explained as `fer_keras.explain` explains a face."""

import dataclasses
import pathlib

from fer_keras.explain.explanation import Explanation, explain_face
from fer_keras.inference.faces import FaceFinder, in_photo
from fer_keras.inference.photo import of_pixels, read_photo
from fer_keras.io.errors import expected


def explain(classifier, photo, true: str | None, layer: str | None, finder: FaceFinder, max_pixels: int):
    """Return list[Explanation] of the faces that `finder` finds in `photo`; see `Classifier.explain`."""
    if true is not None and true not in classifier.class_names:
        raise expected(f"a class of the model ({', '.join(classifier.class_names)})", repr(true))
    if layer is not None and classifier.network is None:
        raise expected("a run or its model.keras, for a layer's Grad-CAM", "a model without gradients")
    is_file = isinstance(photo, str | pathlib.Path)
    source = str(photo) if is_file else None
    read = read_photo(pathlib.Path(photo), max_pixels) if is_file else of_pixels(photo)
    faces = [None] if finder.takes_whole(read) else finder.find(read)
    if not faces:
        then = "Give --no-detect (detect=False) to take its central square as one."
        raise expected(f"a face in {source or 'the photo'}", "none", then)
    return [_explained(classifier, read, face, source, true, layer, finder) for face in faces]


def _explained(classifier, photo, face, source, true, layer, finder) -> Explanation:
    pixels = finder.cut(photo, face, classifier.side, classifier.channels)
    result = explain_face(classifier.probabilities, classifier.class_names, pixels, true, classifier.network, layer)
    notes = (*photo.notes, *result.notes)
    return dataclasses.replace(result, source=source, box=face and in_photo(face, photo), notes=notes)
