"""Data sets by name."""

import pathlib

from fer_keras.config.datasets import DATASETS
from fer_keras.data import find
from fer_keras.data.faces import Faces


def load_dataset(path: str | pathlib.Path | None = None, name: str | None = None) -> Faces:
    """Return the faces at `path`, in any layout that the commands take; "drawn" gives drawn faces, which need no file.

    Args:
        path: as `--data`; None looks at the data set's environment variable ($FER2013), then at ./data.
        name: which data set it is, as `--dataset`: "fer2013", "ferplus", "affectnet", "rafdb" or "drawn"; None tells it
            by what is at `path`.

    Returns Faces: images uint8 [N, H, W, C], labels [N], split [N], rows [N], class_names.
    Raises UserError when there is no data set, or it is damaged; ValueError for another name.

    >>> load_dataset("drawn").images.shape
    (3600, 48, 48, 1)
    """
    if name is not None and name not in DATASETS:
        raise ValueError(f"Expected a data set in {(*DATASETS,)}. Received: {name!r}")
    location = find.locate(None if path is None else str(path), name or "fer2013", others=name is None)
    if location is None:
        raise find.missing(name or "fer2013")
    return find.load(location)
