"""Many photos one after the other: read and searched by threads, classified in batches, never all of them in memory."""

import collections
import concurrent.futures
import dataclasses
import math
import operator
import pathlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np

from fer_keras import litert
from fer_keras.detection import Box, Face
from fer_keras.inference.faces import FaceFinder, in_photo
from fer_keras.inference.photo import MOST_PIXELS, Photo, of_pixels, read_photo
from fer_keras.inference.results import Prediction
from fer_keras.io.errors import UserError

FACES = 64
"""Faces of a batch; at least as many as one photo has."""
HELD_BYTES = 1 << 26
"""Pixels of photos that wait for their batch."""
BYTES_A_PIXEL = 4
"""Of an RGB picture in Pillow's memory."""
MOST_READERS = 4
TAKEN_WHOLE = "taken as a cropped face"


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
    how = (finder, classifier.side, classifier.channels, most_pixels, whole)
    for at, (source, found) in enumerate(_read_ahead(sources, how)):
        if isinstance(found, UserError):
            waiting.append((Seen(source, None, [], found), 0))
        else:
            waiting.append((Seen(source, found.photo, _unnamed(found, source, at)), len(found.cuts)))
            cuts += found.cuts
            held += math.prod(found.photo.picture.size) * BYTES_A_PIXEL
        if len(cuts) >= FACES or len(waiting) >= FACES or held >= HELD_BYTES:
            yield from _classified(classifier, waiting, cuts)
            waiting, cuts, held = [], [], 0
    yield from _classified(classifier, waiting, cuts)


class _Found(NamedTuple):
    """A photo, without its pixels unless they are wanted; its faces, None where it is taken whole; the faces cut out."""

    photo: Photo
    faces: list[tuple[Face, Box]] | None
    cuts: list[np.ndarray]


def _read_ahead(sources, how) -> Iterator[tuple[object, _Found | UserError]]:
    readers = min(MOST_READERS, litert.processors(), max(1, operator.length_hint(sources, MOST_READERS)))
    how[0].ready(readers)
    begun = collections.deque()
    with concurrent.futures.ThreadPoolExecutor(readers) as pool:
        try:
            for source in sources:
                begun.append((source, pool.submit(_read, source, *how)))
                if len(begun) > 2 * readers:
                    source, future = begun.popleft()
                    yield source, future.result()
            while begun:
                source, future = begun.popleft()
                yield source, future.result()
        finally:
            for _, future in begun:
                future.cancel()


def _read(source, finder, side, channels, most_pixels, whole) -> _Found | UserError:
    """Return what one thread makes of a photo: all but to classify it."""
    if isinstance(source, str | pathlib.Path):
        try:
            photo = read_photo(pathlib.Path(source), most_pixels, whole)
        except UserError as error:
            return error
    else:
        photo = of_pixels(source)
    faces = None if finder.takes_whole(photo) else finder.find(photo)
    cuts = [finder.cut(photo, face, side, channels) for face in ([None] if faces is None else faces)]
    boxes = faces and [(face, in_photo(face, photo)) for face in faces]
    kept = photo if whole else photo.without_picture()
    if faces is None and finder.open:
        kept = dataclasses.replace(kept, notes=(*kept.notes, f"{kept.width}x{kept.height} pixels, {TAKEN_WHOLE}"))
    return _Found(kept, boxes, cuts)


def _unnamed(found, source, at) -> list[Prediction]:
    """Return the predictions without probabilities."""
    name = str(source) if isinstance(source, str | pathlib.Path) else None
    common = {"source": name, "image": at, "notes": found.photo.notes}
    if not found.faces:
        return [Prediction(None, {}, face=0 if found.faces is None else None, **common)]
    return [
        Prediction(None, {}, box, score=face.score, face=number, **common)
        for number, (face, box) in enumerate(found.faces)
    ]


def _classified(classifier, waiting, cuts) -> Iterator[Seen]:
    rows = iter(classifier.probabilities(np.stack(cuts)) if cuts else ())
    for seen, faces in waiting:
        yield (
            seen._replace(predictions=[classifier.named(each, next(rows)) for each in seen.predictions])
            if faces
            else seen
        )
