"""Which rows of a data set are copies of each other, and which test rows were trained on.

`python -m fer_keras.audit PATH` audits a data set; `contamination` is what a run asks at its end. No TensorFlow here.
"""

import numpy as np

from fer_keras.data.duplicates import content_ids, firsts
from fer_keras.data.faces import Faces
from fer_keras.data.near import THRESHOLD, compare, prepare


def contamination(train: Faces, test: Faces, threshold: float = THRESHOLD) -> dict[str, list[int]]:
    """Return the row ids of the test faces that also occur among the training faces.

    {"exact_rows": [...], "near_rows": [...]}, each in the order of `test`: rows with the same pixels, and rows with the
    same pixels or a near copy, mirrored ones included (so exact_rows is contained in near_rows). `threshold` is
    `near.compare`'s. Labels play no part. Drawn faces (`synthetic`) all resemble each other, and only
    exact copies count among them. Linear in the rows of each: 3,589 against 28,709 take 6 s of one core.
    """
    known = set(content_ids(train.images))
    exact = np.array([digest in known for digest in content_ids(test.images)], bool)
    near = exact.copy()
    if not test.synthetic:
        distinct = prepare(train.images[np.unique(firsts(train.images))])
        tested = prepare(test.images)
        for mirrored in (False, True):
            pairs, _ = compare(distinct, tested, threshold, mirrored)
            near[pairs[:, 1]] = True
    return {"exact_rows": test.rows[exact].tolist(), "near_rows": test.rows[near].tolist()}


def clean_masks(rows: np.ndarray, found: dict[str, list[int]]) -> dict[str, np.ndarray]:
    """Return which of the test rows `rows` [N] are clean, by `contamination`'s answer `found`.

    {"clean": bool [N], "near_clean": bool [N]}: rows without an exact copy among the training rows, and rows without an
    exact or near one. The keys are `report.splits.VARIANTS`'s.
    """
    return {"clean": ~np.isin(rows, found["exact_rows"]), "near_clean": ~np.isin(rows, found["near_rows"])}


def warning_line(found: dict[str, list[int]], tested: int, name: str = "test") -> str:
    """Return one loud line when any of the `tested` rows of split `name` were trained on, else the empty string."""
    exact, near = len(found["exact_rows"]), len(found["near_rows"])
    if not near:
        return ""
    return (
        f"WARNING: {near:,} of {tested:,} {name} rows ({near / tested:.1%}) have a copy among the training rows, "
        f"{exact:,} of them pixel for pixel: the score on all rows counts them, the clean scores do not."
    )
