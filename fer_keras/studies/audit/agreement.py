"""How far FER2013's labels and FER+'s votes agree: the ceiling of whoever is scored on either."""

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES, FERPLUS_CLASSES
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus
from fer_keras.evaluation.statistics import agreement

ALL = "all"


def summary(faces: Faces) -> dict:
    """Return what labels.json holds, {} for faces without votes or with other classes than FER2013's seven.

    {"source", "fingerprint", "class_names", "splits"}; "splits" has an entry for each split and for all rows:
    "rows" by class; "dropped": rows without a majority in FER+ or whose majority is unknown or not a face
    (`ferplus.majority`, the authors' rules); "contempt": rows with that majority, which FER2013 has no label for;
    "compared": the rest; "agree": those with equal labels; "kappa": Cohen's, of these rows (None where all have one label);
    "table": their counts, FER2013's label by FER+'s, both in FER2013's order.
    """
    if faces.votes is None or faces.class_names != FER2013_CLASSES:
        return {}
    labels, kept = ferplus.majority(faces.votes)
    parts = {ALL: np.ones(len(faces), bool)}
    parts |= {split: faces.split == split for split in dict.fromkeys(faces.split.tolist())}
    return {
        "source": faces.source,
        "fingerprint": faces.fingerprint,
        "class_names": list(faces.class_names),
        "splits": {name: _part(faces.labels[mine], labels[mine], kept[mine]) for name, mine in parts.items()},
    }


def _part(labels, majority, kept):
    contempt = kept & (majority == FERPLUS_CLASSES.index("contempt"))
    compared = kept & ~contempt
    ours, theirs = labels[compared], ferplus.to_fer2013(majority[compared])
    table = np.zeros((len(FER2013_CLASSES),) * 2, np.int64)
    np.add.at(table, (ours, theirs), 1)
    counts = np.bincount(labels, minlength=len(FER2013_CLASSES)).tolist()
    return {
        "rows": dict(zip(FER2013_CLASSES, counts, strict=True)),
        "dropped": int((~kept).sum()),
        "contempt": int(contempt.sum()),
        "compared": int(compared.sum()),
        "agree": int(np.trace(table)),
        "kappa": agreement(ours, theirs)["kappa"] if len({*ours.tolist(), *theirs.tolist()}) > 1 else None,
        "table": table.tolist(),
    }
