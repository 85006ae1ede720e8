"""Faces made by `python -m fer_keras.gan`: their file, and their way into the training rows (Paper 003, §4.2.2).

They join after everything else has been divided, and only what is trained on: selection and test rows never see one.
Their row ids are -1, -2, ..., which no source uses, so that records and masks can tell them from real rows.
"""

import dataclasses
import functools
import hashlib
import pathlib

import numpy as np

from fer_keras.config.labels import FER2013_CLASSES, TRAIN
from fer_keras.config.recipe import Recipe
from fer_keras.data.faces import Faces
from fer_keras.io import files, npz
from fer_keras.io.errors import expected

NAME = "generated.npz"
HOW = (
    "Make it: python -m fer_keras.gan --data PATH --class {0}, then give --generated runs/gan_{0}-seed0/generated.npz."
)
STAND_IN_SEED = 4_222
"""Another seed than the toy data's: other people."""


@dataclasses.dataclass(frozen=True, eq=False)
class Generated:
    """Made faces of one class.

    Attributes:
        images: uint8 [N, 48, 48, 1].
        class_name: what they show.
        seed: of the training and of the faces; 0 for a stand-in.
        rows: int64 [M], ids of the training rows that the GAN saw; fingerprint: `Faces.fingerprint` of these.
        stand_in: True when they were drawn, because there is no generator in the demo.
    """

    images: np.ndarray
    class_name: str
    seed: int
    rows: np.ndarray
    fingerprint: str
    stand_in: bool = False

    def __len__(self):
        return len(self.images)

    def first(self, number: int) -> "Generated":
        """Return the first `number` faces."""
        return dataclasses.replace(self, images=self.images[:number])

    def described(self) -> dict:
        """Return what a record keeps of it."""
        return {"sha256": self.sha256, "seed": self.seed, "trained_on": len(self.rows), "stand_in": self.stand_in}

    @functools.cached_property
    def sha256(self) -> str:
        """sha256 over everything in it: equal content, equal digest."""
        told = repr((self.images.shape, self.class_name, int(self.seed), self.fingerprint, bool(self.stand_in)))
        return hashlib.sha256(told.encode() + self.images.tobytes() + self.rows.astype("<i8").tobytes()).hexdigest()


def save(made: Generated, path: pathlib.Path) -> None:
    """Write an .npz archive of plain arrays, atomically."""
    arrays = {field.name: np.asarray(getattr(made, field.name)) for field in dataclasses.fields(made)}
    files.write(path, lambda part: np.savez_compressed(part, **arrays))


def load(path: pathlib.Path) -> Generated:
    """Return what `save` wrote. Raises UserError for a file that is missing, damaged or of another kind."""
    arrays = npz.read_npz(path, "faces made by python -m fer_keras.gan")
    wanted = {"images": ("u", 4), "class_name": ("U", 0), "seed": ("i", 0), "rows": ("i", 1), "fingerprint": ("U", 0)}
    wanted |= {"stand_in": ("b", 0)}
    found = {name: (array.dtype.kind, array.ndim) for name, array in arrays.items()}
    if found != wanted or arrays["images"].dtype != np.uint8:
        told = ", ".join(sorted(set(wanted) - set(found))) or "arrays of another type"
        raise expected(
            f"{', '.join(wanted)} in {path}", f"{told} {'missing' if set(wanted) - set(found) else ''}".strip()
        )
    plain = {name: array.item() if not array.ndim else array for name, array in arrays.items()}
    return Generated(**plain)


def chosen(recipe: Recipe, path: pathlib.Path | None, synthetic: bool) -> Generated | None:
    """Return the made faces that `recipe` trains on, None when it asks for none.

    `path` is --generated. Without it the demo (`synthetic`) gets drawn faces as a stand-in, and says so.
    Raises UserError when a file is needed, not wanted, of another class, or holds too few faces.
    """
    if not recipe.generated:
        if path is not None:
            raise expected(f"no --generated for {recipe.name}, which trains on real faces only", path)
        return None
    ((class_name, number),) = recipe.generated.items()
    if path is None and synthetic:
        print(f"No --generated: {number} newly drawn {class_name} faces stand in for a GAN's in this demo.")
        return stand_in(class_name, number)
    if path is None:
        raise expected(f"--generated PATH for {recipe.name}", "none", HOW.format(class_name))
    made = load(path)
    if made.class_name != class_name:
        raise expected(f"made {class_name} faces in {path}", made.class_name, HOW.format(class_name))
    if len(made) < number:
        raise expected(
            f"at least {number} faces in {path}", len(made), f"Give --faces {number} to fer_keras.studies.gan."
        )
    return made.first(number)


def stand_in(class_name: str, number: int) -> Generated:
    """Return `number` drawn faces of people whom the toy data do not know."""
    from fer_keras.data.readers.toy import class_sizes, toy_faces

    label, total = FER2013_CLASSES.index(class_name), 100
    while class_sizes(TRAIN, total)[label] < number:
        total *= 2
    drawn = toy_faces(total, 7, 7, seed=STAND_IN_SEED).where(TRAIN)
    images = drawn.images[drawn.labels == label][:number]
    return Generated(images, class_name, 0, np.zeros(0, np.int64), "", stand_in=True)


def require_seen(made: Generated, train: Faces) -> None:
    """Raise UserError unless every row that the GAN was trained on is one of `train`, the rows a run may train on.

    A GAN that saw selection or test rows would carry them into training.
    """
    if made.stand_in:
        return
    seen = train.take(np.isin(train.rows, made.rows))
    if seen.fingerprint != made.fingerprint:
        told = f"others ({len(made.rows)} rows, fingerprint {made.fingerprint[:12]})"
        how = "Make them again from this --data, with this run's --split and --seed (python -m fer_keras.gan --help)."
        raise expected(f"generated faces made from training images of {train.source}", told, how)


def as_faces(made: Generated, like: Faces) -> Faces:
    """Return the made faces as Faces with the classes of `like`, row ids -1, -2, ... and without votes (all zero).

    Raises UserError when their images have another shape than those of `like`.
    """
    if made.images.shape[1:] != like.images.shape[1:]:
        told, wanted = ("x".join(map(str, shape[1:])) for shape in (made.images.shape, like.images.shape))
        raise expected(f"generated faces of {wanted} pixels", told)
    number, label = len(made), like.class_names.index(made.class_name)
    return Faces(
        images=made.images,
        labels=np.full(number, label, like.labels.dtype),
        split=np.full(number, TRAIN, like.split.dtype),
        rows=-1 - np.arange(number, dtype=like.rows.dtype),
        class_names=like.class_names,
        source="generated faces",
        votes=None if like.votes is None else np.zeros((number, like.votes.shape[1]), like.votes.dtype),
        synthetic=like.synthetic,
    )


def joined(train: Faces, made: Generated) -> Faces:
    """Return the training rows followed by the made faces, under the training rows' source.

    With soft labels a made face has its class with certainty, as a row without votes does. Raises ValueError when a
    training row has an id below 0.
    """
    if (train.rows < 0).any():
        raise ValueError(f"Expected row ids from 0 up in {train.source}. Received: {train.rows.min()}")
    extra = as_faces(made, train)
    both = {
        name: np.concatenate([getattr(train, name), getattr(extra, name)])
        for name in ("images", "labels", "split", "rows")
    }
    votes = None if train.votes is None else np.concatenate([train.votes, extra.votes])
    return dataclasses.replace(train, **both, votes=votes)


def real(faces: Faces) -> Faces:
    """Return the rows that are not made."""
    return faces.take(faces.rows >= 0)


def counted(faces: Faces) -> dict[str, int]:
    """Return {class: made faces among these}, classes without any left out."""
    made = np.bincount(faces.labels[faces.rows < 0], minlength=len(faces.class_names))
    return {name: int(n) for name, n in zip(faces.class_names, made, strict=True) if n}
