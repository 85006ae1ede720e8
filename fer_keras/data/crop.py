"""The square around the largest face of an image: the same for one's own photos and for the rows of a data set.

It is the square that FER2013 would show of the face, by the detector's framing; a margin widens it.
"""

import dataclasses
import hashlib
import io
import time
from pathlib import Path

import numpy as np
from PIL import Image

from fer_keras.data.cache import default_dir
from fer_keras.data.faces import Faces
from fer_keras.detection import Box, Detector
from fer_keras.io import files
from fer_keras.io.errors import UserError

MARGIN = 0.0
ROWS_TO_ESTIMATE = 500


@dataclasses.dataclass(frozen=True)
class Crop:
    """`pixels` uint8 [S, S, C], and the face's box, None where no face was found and the centre was cropped."""

    pixels: np.ndarray
    box: Box | None


def square(box: Box, margin: float, height: int, width: int) -> tuple[int, int, int]:
    """Return (left, top, side): the square about the box's centre, wider by `margin` of its longer side on each side.

    It is moved, and where it must be shrunk, to lie inside the image.
    """
    left, top, w, h = box
    side = min(max(1, round(max(w, h) * (1 + 2 * margin))), height, width)
    across, down = round(left + w / 2 - side / 2), round(top + h / 2 - side / 2)
    return min(max(across, 0), width - side), min(max(down, 0), height - side), side


def crop(image: np.ndarray, side: int, detector: Detector, margin: float = MARGIN) -> Crop:
    """Return the largest face of uint8 [H, W, 1 or 3] as uint8 [side, side, same channels].

    Where there is no face: the image's central square, and `box` None. Raises ValueError for a margin below 0.
    """
    box = _largest(detector, image)
    return Crop(cut(image, side, detector.framing.frame(box) if box else None, margin), box)


def cut(image: np.ndarray, side: int, frame: Box | None, margin: float = MARGIN) -> np.ndarray:
    """Return what `cut_out` cuts out of uint8 [H, W, 1 or 3], as uint8 [side, side, same channels]."""
    picture = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image)
    return np.asarray(cut_out(picture, side, frame, margin)).reshape(side, side, image.shape[2])


def cut_out(picture: Image.Image, side: int, frame: Box | None, margin: float = MARGIN) -> Image.Image:
    """Return the square of `picture` about `frame`, wider by `margin`, with sides of `side` pixels.

    Without a frame: the picture's central square. Shrinking averages over areas, enlarging is bicubic.
    Raises ValueError for a margin below 0.
    """
    if margin < 0:
        raise ValueError(f"Expected a margin from 0 up. Received: {margin}")
    whole = (0.0, 0.0, float(picture.width), float(picture.height))
    left, top, edge = square(frame or whole, margin if frame else 0.0, picture.height, picture.width)
    # Pillow's `crop` does the same as this, but refuses more pixels than Pillow's own limit.
    part = picture.transform((edge, edge), Image.Transform.EXTENT, (left, top, left + edge, top + edge))
    if edge == side:
        return part
    return part.resize((side, side), Image.Resampling.BOX if side < edge else Image.Resampling.BICUBIC)


def _largest(detector, image):
    return next((face.box for face in detector.find(image)), None)


def boxes(faces: Faces, detector: Detector, cache_dir: Path | None = None) -> np.ndarray:
    """Return float32 [N, 4], the box of the largest face in each row, NaN where there is none.

    FER2013 takes some minutes, so the answer is kept in the cache folder, under a name made of the faces' fingerprint,
    the detector and its version; a damaged one is made anew.
    """
    how = (faces.fingerprint, detector.name, detector.version, detector.settings)
    path = (cache_dir or default_dir()) / f"boxes-{hashlib.sha256(repr(how).encode()).hexdigest()}.npy"
    known = _load(path, len(faces))
    if known is not None:
        return known
    found, began = np.full((len(faces), 4), np.nan, np.float32), time.perf_counter()
    for at, image in enumerate(faces.images):
        found[at] = _largest(detector, image) or np.nan
        if at + 1 == ROWS_TO_ESTIMATE:
            minutes = (time.perf_counter() - began) / ROWS_TO_ESTIMATE * (len(faces) - at) / 60
            print(f"Looking for faces in {len(faces):,} rows: about {minutes:.0f} minutes, once.")
    try:
        files.write(path, lambda part: part.write_bytes(_bytes(found)))
    except UserError as error:
        print(f"note: {error}")
    return found


def _bytes(array):
    data = io.BytesIO()
    np.save(data, array, allow_pickle=False)
    return data.getvalue()


def _load(path, rows):
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return found if found.shape == (rows, 4) and found.dtype == np.float32 else None


def crop_faces(
    faces: Faces, detector: Detector, margin: float = MARGIN, cache_dir: Path | None = None
) -> tuple[Faces, dict]:
    """Return `faces` cropped, each as large as before, and what was done, for the record.

    A row in which no face is found stays as it is. The record: {"detector", "version", "margin", "found": {split: rows
    with a face}, "rows": {split: rows}, "changed": rows of which a pixel changed}.
    """
    side, where = faces.images.shape[1], boxes(faces, detector, cache_dir)
    found = ~np.isnan(where[:, 0])
    pixels = faces.images.copy()
    for at in np.flatnonzero(found):
        pixels[at] = cut(faces.images[at], side, detector.framing.frame(tuple(where[at].tolist())), margin)
    splits = list(dict.fromkeys(faces.split.tolist()))
    record = {
        "detector": detector.name,
        "version": detector.version,
        "margin": margin,
        "found": {split: int(found[faces.split == split].sum()) for split in splits},
        "rows": {split: int((faces.split == split).sum()) for split in splits},
        "changed": int((pixels != faces.images).any(axis=(1, 2, 3)).sum()),
    }
    return dataclasses.replace(faces, images=pixels), record
