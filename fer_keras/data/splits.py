"""Who may see which rows. Training and selection rows are plain Faces; test rows are sealed until a run has finished.

The field's best-known accuracies were selected on the test set. Here `fit` and everything that selects take Faces, and
the test rows are a `Sealed`, which has no pixels to give before `open` is called; every opening is recorded in the run.
"""

import dataclasses
import datetime
from collections.abc import Callable, Mapping

import numpy as np

from fer_keras.config.datasets import FER2013_NAMES, MERGED, SPLITS
from fer_keras.config.labels import PRIVATE, PUBLIC, TEST, TRAIN
from fer_keras.data import leaky_divisions
from fer_keras.data.faces import Faces
from fer_keras.data.strata import apart
from fer_keras.io.errors import UserError, expected

VALIDATION = "validation"
"""What validation/ is called beside a test/ when the two are not PublicTest and PrivateTest."""


class Sealed:
    """Test rows that only the evaluation of a finished run may open.

    `name`, `len()` and the row numbers are known; pixels and labels are not until `open`, which appends {"split", "when",
    "why"} to `access`. Raises RuntimeError when opened while training is under way.
    """

    def __init__(self, name: str, faces: Faces):
        self.name = name
        self.access: list[dict] = []
        self._faces = faces

    def __len__(self):
        return len(self._faces)

    def __repr__(self):
        return f"Sealed({self.name}, {len(self)} rows: only the evaluation of a finished run may open them)"

    @property
    def rows(self) -> np.ndarray:
        """The rows' numbers in the source, int64 [N]."""
        return self._faces.rows

    def open(self, why: str, *, finished: bool) -> Faces:
        """Return the faces and record the access. `finished` says that training and selection are over."""
        if not finished:
            raise RuntimeError(f"Expected a finished run before {self.name} is opened. Received: one still in training")
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self.access.append({"split": self.name, "when": now, "why": why})
        return self._faces

    def changed(self, change: Callable[[Faces], Faces]) -> "Sealed":
        """Return the same rows with `change` done to them, sealed anew under the same name."""
        return Sealed(self.name, change(self._faces))


@dataclasses.dataclass(frozen=True)
class Splits:
    """The rows of a run: `train` to fit, `select` to choose epochs and rates, `test` sealed.

    `private` holds PrivateTest sealed when it is a part of the recipe's test rows and no PrivateTest row is trained on,
    so that rows of different papers can be compared; else None. `eligible` is all that may be trained on where `train` is a
    subset of it: a backbone that the run starts from may have seen the rest, so clean scores are clean of these.

    Raises TypeError for sealed rows in the place of others, and for test rows that are not sealed.
    """

    train: Faces
    select: Faces
    select_name: str
    test: Sealed
    private: Sealed | None = None
    eligible: Faces | None = None

    def __post_init__(self):
        for name, kind in (("train", Faces), ("select", Faces), ("test", Sealed)):
            if not isinstance(getattr(self, name), kind):
                raise TypeError(f"Expected {kind.__name__} for {name}. Received: {str(getattr(self, name))[:60]}")


def divide(faces: Faces, split: str, seed: int = 0, names: Mapping[str, str] = FER2013_NAMES) -> Splits:
    """Divide `faces` as `split`, a key of SPLITS, says; carved parts are stratified by class and seeded.

    Where there are no validation images (PublicTest), 10 % of the training images select. `names` says what pages call
    the source's splits. Raises UserError when the source does not have the rows that the split needs.
    """
    if split not in SPLITS:
        raise ValueError(f"Expected a split in {tuple(SPLITS)}. Received: {split!r}")
    return DIVISIONS[split](faces, seed, names)


def _official(faces, seed, names):
    test = _test(faces, names)
    if PUBLIC in faces.split:
        select_name = VALIDATION if test.name == TEST else names.get(PUBLIC, PUBLIC)
        return Splits(faces.where(TRAIN), faces.where(PUBLIC), select_name, test)
    train, select = stratified(faces.where(TRAIN), 0.1, seed)
    return Splits(train, select, "10 % of Training", test)


def _merged(faces, seed, names):
    train, select = stratified(faces.where(TRAIN), 0.1, seed)
    test = Sealed(names.get(TEST, TEST), faces.where(PUBLIC, PRIVATE, TEST))
    private = Sealed(names[PRIVATE], faces.where(PRIVATE)) if PRIVATE in faces.split else None
    return Splits(train, select, "10 % of Training", test, private)


def _carved(faces, seed, names):
    train, select = stratified(faces.where(TRAIN), 0.2, seed)
    return Splits(train, select, "20 % of Training", _test(faces, names))


def _test(faces: Faces, names: Mapping[str, str]) -> Sealed:
    """Return the rows that test, sealed: PrivateTest, else test/, which is not the merged one where validation/ is beside it.

    Raises UserError where neither is there.
    """
    has = set(np.unique(faces.split).tolist())
    if PRIVATE in has:
        return Sealed(names.get(PRIVATE, PRIVATE), faces.where(PRIVATE))
    if TEST in has:
        name = names.get(TEST, TEST)
        return Sealed(TEST if name == MERGED and PUBLIC in has else name, faces.where(TEST))
    raise expected("rows of Training, PublicTest and PrivateTest", f"only {', '.join(sorted(has))} in {faces.source}")


def _pooled(faces, seed, _):
    rest, test = stratified(faces, 0.2, seed)
    train, select = stratified(rest, 0.1, seed)
    return Splits(train, select, "10 % of the pooled 80 %", Sealed("20 % of all rows", test))


def _grouped(faces, seed, _):
    return _studied("20 % of all rows, copies kept together", *leaky_divisions.grouped(faces, seed))


def _leaky_duplicates(faces, seed, _):
    return _studied("20 % of all rows", *leaky_divisions.duplicates(faces, seed))


def _leaky_oversample(faces, seed, _):
    return _studied("20 % of all rows, oversampled", *leaky_divisions.oversampled(faces, seed))


def _studied(name, train, select, test):
    return Splits(train, select, "10 % of the pooled 80 %", Sealed(name, test))


DIVISIONS = {
    "official": _official,
    "merged": _merged,
    "carved": _carved,
    "pooled": _pooled,
    "grouped": _grouped,
    "leaky-duplicates": _leaky_duplicates,
    "leaky-oversample": _leaky_oversample,
}


def stratified(faces: Faces, share: float, seed: int) -> tuple[Faces, Faces]:
    """Return the faces in two parts, the second with `share` of each class; seeded, each in the order of `faces`.

    Raises UserError where there are too few faces for that.
    """
    try:
        first, second = apart(faces.labels, seed, test_size=share)
    except ValueError as error:
        raise _too_few(faces, error) from error
    return faces.take(first), faces.take(second)


def subset(faces: Faces, rows: int | None, seed: int) -> Faces:
    """Return `rows` of the faces, stratified by class and seeded; all of them when `rows` is None or not fewer.

    Raises UserError where that leaves too few faces of a class.
    """
    if rows is None or rows >= len(faces):
        return faces
    try:
        first, _ = apart(faces.labels, seed, train_size=rows)
    except ValueError as error:
        raise _too_few(faces, error) from error
    return faces.take(first)


def _too_few(faces: Faces, error: Exception) -> UserError:
    counts = ", ".join(
        f"{name} {n}" for name, n in zip(faces.class_names, np.bincount(faces.labels).tolist(), strict=False)
    )
    return expected(f"enough faces of each class in {faces.source} to divide them", f"{counts} ({error})")
