"""FER2013's faces in eight classes: the stand-in for AffectNet, which is given only to researchers who ask for it."""

import dataclasses

import numpy as np

from fer_keras.config.labels import FERPLUS_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus
from fer_keras.data.splits import Splits
from fer_keras.io.errors import expected


def with_ferplus_labels(faces: Faces) -> Faces:
    """Return the faces that have a majority in FER+ (`ferplus.majority`), labelled with it; the others are dropped.

    Of FER2013 25,060, 3,199 and 3,153 rows of the three splits are left. `votes` is None in what is returned: soft
    labels and the evaluation against FER+ are for FER2013's seven classes.
    Raises UserError for faces without votes.
    """
    require_votes(faces)
    labels, keep = ferplus.majority(faces.votes)
    voted = dataclasses.replace(faces, votes=None).take(keep)
    return dataclasses.replace(
        voted, labels=labels[keep], class_names=FERPLUS_CLASSES, source=f"{faces.source} with FER+ labels"
    )


def require_votes(faces: Faces) -> None:
    """Raise UserError for faces without FER+ votes."""
    if faces.votes is None:
        told = f"none beside {faces.source}"
        raise expected(f"FER+ votes for eight classes ({ferplus.FILE_NAME})", told, "Put the file beside the data.")


def relabelled(divided: Splits) -> Splits:
    """Return FER2013's division with FER+'s eight classes.

    Dividing first and relabelling then keeps a row where it was: what a later phase selects or tests on has not been
    trained on in this one.
    """
    return dataclasses.replace(
        divided,
        train=with_ferplus_labels(divided.train),
        select=with_ferplus_labels(divided.select),
        test=divided.test.changed(with_ferplus_labels),
        private=divided.private and divided.private.changed(with_ferplus_labels),
    )


def drawn(faces: Faces, class_names: tuple[str, ...], channels: int) -> Faces:
    """Return drawn faces as if they were of a set with these eight classes, for the demo; none is contempt.

    `channels` 3 repeats the grey one. Raises ValueError for photographs: they are not to be passed off as another set.
    """
    if not faces.synthetic:
        raise ValueError(f"Expected drawn faces. Received: {faces.source}")
    number = np.array([class_names.index(name) for name in faces.class_names], np.int64)
    images = np.repeat(faces.images, channels // faces.images.shape[3], axis=3)
    return dataclasses.replace(faces, images=images, labels=number[faces.labels], class_names=class_names, votes=None)
