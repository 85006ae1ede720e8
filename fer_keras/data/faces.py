"""`Faces`: the one immutable value that every reader yields and everything downstream takes."""

import dataclasses
import functools
import hashlib

import numpy as np

from fer_keras.io.errors import expected


@dataclasses.dataclass(frozen=True, eq=False)
class Faces:
    """Labelled face images with the row each came from.

    Attributes:
        images: uint8 [N, H, W, C], raw pixels 0..255, C is 1 (grey) or 3 (RGB).
        labels: int64 [N], index into `class_names`.
        split: str [N]: "train", "public", "private", "test", or another name given by the source.
        rows: int64 [N], the row (CSV) or file number (folders) in the source; unique.
        class_names: the label order.
        source: what was read, for messages and records (a file name, "toy faces").
        votes: float32 [N, K] of FER+ votes, or None.
        taught: float32 [N, K], the mean of the teachers' probabilities, or None (see `teachers`).
        synthetic: True when the faces were drawn, not photographed.

    The arrays are made read-only. Raises ValueError when they disagree.
    """

    images: np.ndarray
    labels: np.ndarray
    split: np.ndarray
    rows: np.ndarray
    class_names: tuple[str, ...]
    source: str = ""
    votes: np.ndarray | None = None
    synthetic: bool = False
    taught: np.ndarray | None = None

    def __post_init__(self):
        n = len(self.images)
        if self.images.dtype != np.uint8 or self.images.ndim != 4 or self.images.shape[3] not in (1, 3):
            raise ValueError(
                f"Expected uint8 images [N, H, W, 1 or 3]. Received: {self.images.dtype} {self.images.shape}"
            )
        for name in ("labels", "split", "rows", "votes", "taught"):
            value = getattr(self, name)
            if value is not None and len(value) != n:
                raise ValueError(f"Expected {n} {name}, one an image. Received: {len(value)}")
        if n and not (0 <= self.labels.min() and self.labels.max() < len(self.class_names)):
            raise ValueError(f"Expected labels 0..{len(self.class_names) - 1}. Received: {np.unique(self.labels)}")
        if len(np.unique(self.rows)) != n:
            raise ValueError("Expected unique row ids. Received: repeated ones")
        for name in ("images", "labels", "split", "rows", "votes", "taught"):
            if getattr(self, name) is not None:
                getattr(self, name).setflags(write=False)

    def __len__(self):
        return len(self.images)

    @functools.cached_property
    def fingerprint(self) -> str:
        """sha256 over shape, pixels, labels, splits and rows: equal content, equal fingerprint, whatever the source."""
        digest = hashlib.sha256(repr((self.images.shape, self.class_names)).encode())
        for part in (self.images, self.labels.astype("<i8"), self.rows.astype("<i8")):
            digest.update(np.ascontiguousarray(part).tobytes())
        digest.update("\n".join(self.split.tolist()).encode())
        return digest.hexdigest()

    def take(self, chosen: np.ndarray | slice) -> "Faces":
        """Return the faces at `chosen` (a boolean mask [N], positions, or a slice, which copies nothing), in that order."""
        optional = {name: getattr(self, name) for name in ("votes", "taught")}
        return dataclasses.replace(
            self,
            images=self.images[chosen],
            labels=self.labels[chosen],
            split=self.split[chosen],
            rows=self.rows[chosen],
            **{name: None if value is None else value[chosen] for name, value in optional.items()},
        )

    def where(self, *splits: str) -> "Faces":
        """Return the faces of the named splits, views where they stand together. Raises UserError when there is none."""
        chosen = np.flatnonzero(np.isin(self.split, splits))
        if not len(chosen):
            raise expected(
                f"rows of split {' or '.join(splits)}", f"only {', '.join(np.unique(self.split))} in {self.source}"
            )
        first, last = int(chosen[0]), int(chosen[-1])
        together = last - first + 1 == len(chosen)
        return self.take(slice(first, last + 1) if together else chosen)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return {split: {class name: number of faces}}, splits and classes in order of first use and label."""
        table = {}
        for split in dict.fromkeys(self.split.tolist()):
            n = np.bincount(self.labels[self.split == split], minlength=len(self.class_names))
            table[split] = dict(zip(self.class_names, n.tolist(), strict=True))
        return table
