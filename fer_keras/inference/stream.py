"""Many photos one after the other: read ahead by threads, classified in batches, never all of them in memory."""

import collections
import concurrent.futures
import os
import pathlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from fer_keras.inference import photo as photos_module
from fer_keras.inference.faces import FaceFinder, in_photo
from fer_keras.inference.photo import MOST_PIXELS, Photo
from fer_keras.inference.results import Prediction
from fer_keras.io.errors import UserError

FACES = 64
"""Faces of a batch; at least as many as one photo has."""
HELD_BYTES = 1 << 26
"""Pixels of photos that wait for their batch."""
MOST_READERS = 4


class Seen(NamedTuple):
    """A photo, what was asked for, and what the model says of each of its faces; `error` instead, where it is no photo."""

    source: object
    photo: Photo | None
    predictions: list[Prediction]
    error: UserError | None = None


def see(
    classifier,
    sources: Iterable[str | pathlib.Path | np.ndarray],
    finder: FaceFinder,
    most_pixels: int = MOST_PIXELS,
    whole: bool = False,
) -> Iterator[Seen]:
    """Yield what `classifier` sees in each of `sources`, in their order.

    Args:
        sources: paths or arrays as `Classifier.predict` takes them.
        most_pixels: of a file that is still read.
        whole: give the photos in `Seen` with every pixel; else large ones come smaller.

    Raises UserError only for a detector that cannot be had, ValueError for an array of another kind.
    """
    waiting, cuts, held = [], [], 0
    for at, (source, photo) in enumerate(_read_ahead(sources, most_pixels, whole)):
        if isinstance(photo, UserError):
            waiting.append((Seen(source, None, [], photo), 0))
        else:
            found, images = _faces(photo, source, at, finder, classifier)
            waiting.append((Seen(source, photo if whole else None, found), len(images)))
            cuts += images
            held += photo.pixels.nbytes if whole else 0
        if len(cuts) >= FACES or len(waiting) >= FACES or held >= HELD_BYTES:
            yield from _classified(classifier, waiting, cuts)
            waiting, cuts, held = [], [], 0
    yield from _classified(classifier, waiting, cuts)


def _read_ahead(sources, most_pixels, whole) -> Iterator[tuple[object, Photo | UserError]]:
    readers = min(MOST_READERS, os.cpu_count() or 1)
    begun = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(readers) as pool:
        try:
            for source in sources:
                begun.append((source, pool.submit(_read, source, most_pixels, whole)))
                if len(begun) > 2 * readers:
                    source, future = begun.popleft()
                    yield source, future.result()
            while begun:
                source, future = begun.popleft()
                yield source, future.result()
        finally:
            for _, future in begun:
                future.cancel()


def _read(source, most_pixels, whole) -> Photo | UserError:
    if not isinstance(source, str | pathlib.Path):
        return photos_module.of_array(source)
    try:
        return photos_module.read_photo(pathlib.Path(source), most_pixels, whole)
    except UserError as error:
        return error


def _faces(photo, source, at, finder, classifier) -> tuple[list[Prediction], list[np.ndarray]]:
    """Return the predictions without probabilities, and the cut faces that these are to come from."""
    name = str(source) if isinstance(source, str | pathlib.Path) else None
    common = {"source": name, "image": at, "notes": photo.notes}
    shape = classifier.side, classifier.channels
    if finder.takes_whole(photo):
        if finder.open:
            common["notes"] += (f"{photo.width}x{photo.height} pixels, taken as a cropped face",)
        return [Prediction(None, {}, **common)], [finder.cut(photo, None, *shape)]
    found = finder.find(photo)
    if not found:
        return [Prediction(None, {}, face=None, **common)], []
    predictions = [
        Prediction(None, {}, in_photo(face, photo), score=face.score, face=number, **common)
        for number, face in enumerate(found)
    ]
    return predictions, [finder.cut(photo, face, *shape) for face in found]


def _classified(classifier, waiting, cuts) -> Iterator[Seen]:
    rows = iter(classifier.probabilities(np.stack(cuts)) if cuts else ())
    for seen, faces in waiting:
        yield (
            seen._replace(predictions=[classifier.named(each, next(rows)) for each in seen.predictions])
            if faces
            else seen
        )
