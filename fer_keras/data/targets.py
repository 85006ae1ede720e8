"""What the network is asked to say of each training row: a distribution over the classes."""

import functools

import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.data.readers.ferplus import soft_labels
from fer_keras.data.teachers import softened

REGULARISATION = 1.0
MOST_ITERATIONS = 2000


@functools.lru_cache(maxsize=2)
def label_distributions(
    faces: Faces, soft: bool = False, expected: float = 0.0, taught: float = 0.0, temperature: float = 1.0
) -> np.ndarray:
    """Return float32 [N, K], rows that sum to one: the rows' labels as one-hot rows, or what stands for them.

    Each epoch asks anew, so the last answers are kept; they are read-only.

    Args:
        faces: training rows; with FER+ votes where `soft` or `expected` asks for them.
        soft: FER+'s distribution of votes instead of the label.
        expected: the share, 0 to 1, of `expected_labels` in each target.
        taught: the share, 0 to 1, of the teachers' probabilities in each target, the rest being all of the above.
        temperature: that these are softened by (`teachers.softened`).

    Raises ValueError for faces without the votes, or the teachers' probabilities, that are asked for.
    """
    if (soft or expected) and faces.votes is None:
        raise ValueError(f"Expected faces with FER+ votes for soft labels. Received: none in {faces.source}")
    if taught and faces.taught is None:
        raise ValueError(f"Expected faces with teachers' probabilities. Received: none in {faces.source}")
    own = soft_labels(faces.votes, faces.labels) if soft else np.eye(len(faces.class_names))[faces.labels]
    if expected:
        own = (1 - expected) * own + expected * expected_labels(faces.votes, faces.labels, len(faces.class_names))
    if taught:
        own = (1 - taught) * own + taught * softened(faces.taught, temperature)
    targets = np.array(own, np.float32)
    targets.setflags(write=False)
    return targets


def expected_labels(votes: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Return float64 [N, K]: what labels are on average for faces with such votes.

    FER2013's single label is noisy, FER+'s ten votes are less so, but the two differ in convention as well: a face that
    FER2013 calls fear has, on average, more votes for neutral, sadness and surprise than for fear. Multinomial logistic
    regression of these very rows' labels on their votes, as shares and as logarithms of counts, keeps FER2013's
    convention and leaves out the chance of the single label.

    Args:
        votes: [N, 10], FER+'s counts. labels: int [N], 0..K-1; a class that none of them has gets no share.
    """
    from sklearn.linear_model import LogisticRegression

    expected, present = np.zeros((len(labels), classes)), np.unique(labels)
    if len(present) < 2:
        expected[:, present] = 1
        return expected
    votes = np.asarray(votes, np.float64)
    features = np.hstack([votes / np.maximum(votes.sum(axis=1, keepdims=True), 1), np.log(votes + 0.5)])
    model = LogisticRegression(C=REGULARISATION, max_iter=MOST_ITERATIONS).fit(features, labels)
    expected[:, present] = model.predict_proba(features)
    return expected
