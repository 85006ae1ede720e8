"""Data sets by path and name."""

import pathlib

from fer_keras.config.datasets import FER2013
from fer_keras.data import find
from fer_keras.data.faces import Faces
from fer_keras.data.readers import toy

DRAWN = "drawn"


def load_dataset(path: str | pathlib.Path | None = None, dataset: str | None = None) -> Faces:
    """Return the faces at `path`, in any layout that the commands take; "drawn" gives drawn faces, which need no file.

    Args:
        path: as `--data`; None looks where the data set's environment variable says ($FER2013), then in ./data.
        dataset: the data set that must be there, a key of `fer_keras.config.datasets.DATASETS`; None takes what is
            recognised at `path`, and FER2013 without one.

    Returns Faces: images uint8 [N, H, W, C], labels [N], split [N], rows [N], class_names.
    Raises UserError when there is no data set, or it is damaged.

    >>> load_dataset("drawn").images.shape
    (3600, 48, 48, 1)
    """
    if path == DRAWN:
        return toy.toy_faces()
    name = dataset or FER2013.name
    location = find.locate(None if path is None else str(path), name, flag="path", others=dataset is None)
    if location is None:
        raise find.missing(name)
    return find.load(location)
