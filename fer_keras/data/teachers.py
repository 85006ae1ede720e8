"""What teachers, networks trained before, say of the rows of a run: softened, joined by row id, measured, on disk.

Knowledge distillation (Hinton et al. 2015, arXiv:1503.02531; between equals: Furlanello et al. 2018, arXiv:1805.04770).
"""

import dataclasses
import json
from pathlib import Path

import numpy as np

from fer_keras.data.faces import Faces
from fer_keras.io import files, npz
from fer_keras.io.errors import expected

PARTS = ("train", "select")


@dataclasses.dataclass(frozen=True, eq=False)
class Told:
    """What M teachers say of some rows.

    Attributes:
        rows: int64 [N], row ids, unique.
        probabilities: float16 [M, N, K]: each teacher's, in the order of the run's record.
    """

    rows: np.ndarray
    probabilities: np.ndarray

    def __post_init__(self):
        if self.probabilities.ndim != 3 or self.probabilities.shape[1:2] != self.rows.shape:
            told = f"{self.probabilities.shape} of {self.rows.shape}"
            raise ValueError(f"Expected probabilities [M, N, K] of rows [N]. Received: {told}")

    @property
    def mean(self) -> np.ndarray:
        """The mean over the teachers, float64 [N, K], rows that sum to one."""
        mean = self.probabilities.mean(axis=0, dtype=np.float64)
        return mean / mean.sum(axis=1, keepdims=True)


def softened(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return p^(1/T) divided by its sum, float64 [N, K]: what the softmax gives for logits divided by T."""
    powers = np.asarray(probabilities, np.float64) ** (1 / temperature)
    return powers / powers.sum(axis=1, keepdims=True)


def joined(faces: Faces, told: Told) -> Faces:
    """Return `faces` with the mean of what was told of each row. Raises ValueError where nothing was told of one."""
    place = {row: position for position, row in enumerate(told.rows.tolist())}
    missing = [row for row in faces.rows.tolist() if row not in place]
    if missing:
        raise ValueError(f"Expected teachers' probabilities of every row. Received: none of {len(missing)}")
    chosen = [place[row] for row in faces.rows.tolist()]
    return dataclasses.replace(faces, taught=told.mean[chosen].astype(np.float32))


def measured(labels: np.ndarray, probabilities: np.ndarray) -> dict:
    """Return {"rows", "accuracy", "entropy"} of probabilities [N, K]: the entropy is the mean over rows, in nats.

    A teacher is surer, and more often right, on rows that it was trained on than on others: beside its numbers on the
    selection rows, which it was not, these show by how much.
    """
    shares = np.asarray(probabilities, np.float64)
    logarithms = np.log(shares, where=shares > 0, out=np.zeros_like(shares))
    right = (shares.argmax(axis=1) == labels).mean()
    entropy = -(shares * logarithms).sum(axis=1).mean()
    return {"rows": len(labels), "accuracy": round(float(right), 6), "entropy": round(float(entropy), 6)}


def save(path: Path, told: dict[str, Told], about: dict) -> None:
    """Write {part: Told} and `about` (JSON) to the .npz at `path`, atomically. Raises UserError on a full disk."""
    arrays = {"about": np.frombuffer(json.dumps(about).encode(), np.uint8)}
    for part, one in told.items():
        arrays |= {f"{part}/rows": one.rows, f"{part}/probabilities": one.probabilities}
    files.write(path, lambda temporary: np.savez_compressed(temporary, **arrays))


def read(path: Path, faces: dict[str, Faces], asked: dict) -> tuple[dict[str, Told], dict]:
    """Return ({part: Told}, about) that `save` wrote for these faces, {part: Faces}.

    Args:
        asked: {"teachers": digests, "flip": bool}, which `about` must hold.

    Raises UserError for a file that is missing, damaged, or of other rows, classes or teachers.
    """
    arrays = npz.read_npz(path, "teachers' probabilities")
    about = files.parse_json(arrays.get("about", np.zeros(0, np.uint8)).tobytes(), path)
    if not isinstance(about, dict) or {key: about.get(key) for key in asked} != asked:
        raise expected(f"probabilities of this run's teachers in {path}", "those of others", "Choose another --out.")
    try:
        told = {part: Told(arrays[f"{part}/rows"], arrays[f"{part}/probabilities"]) for part in faces}
        for part, one in faces.items():
            _require(told[part], one, len(asked["teachers"]), part)
    except (KeyError, ValueError) as error:
        raise expected(f"teachers' probabilities of this run in {path}", error, "Choose another --out.") from error
    return told, about


def _require(told: Told, faces: Faces, teachers: int, part: str) -> None:
    shape = (teachers, len(faces), len(faces.class_names))
    if told.probabilities.shape != shape or told.probabilities.dtype != np.float16:
        raise ValueError(f"{told.probabilities.dtype} {told.probabilities.shape} for {part}, not float16 {shape}")
    if not np.array_equal(told.rows, faces.rows):
        raise ValueError(f"other rows for {part}")
    if not ((told.probabilities >= 0) & (told.probabilities <= 1)).all():
        raise ValueError(f"numbers outside 0..1 for {part}")
