"""`Data`: which faces a recipe or a phase trains on, how they are divided, and what their targets are made of."""

import dataclasses

from fer_keras.config.datasets import DATASETS, Facts
from fer_keras.config.settings import refuse_unless

VIEWS = ("original", "augmented")
"""Which image of a face its teachers see."""


@dataclasses.dataclass(frozen=True)
class Data:
    """Which faces, how they are divided, and the targets of Training rows.

    Attributes:
        dataset: a key of DATASETS: "fer2013", "ferplus" (FER2013's faces with FER+'s eight majority classes), "rafdb", ...
        split: one of the data set's divisions, keys of SPLITS.
        soft_labels: train on FER+'s distribution of votes instead of FER2013's label (Training rows only).
        expected_labels: the share of each target, 0 to 1, that is what labels are on average for faces with the same
            FER+ votes (Training rows only); the rest is the row's label, or its votes.
        max_train_rows: train on only so many images (stratified by class, seeded), None for all; set by a profile's `rows`.
        teachers: the recipes whose finished runs are the teachers, in alphabetical order, one name a run. Which runs is
            not the recipe's to say: `--teachers`. () for none.
        teacher_share: the share of each target, above 0 to 1, that is the mean of the teachers' probabilities for the row
            (Training rows only); the rest is what the target was without them.
        teacher_temperature: T that the teachers' mean p is softened by, p^(1/T) normalised: above 1 flatter, below sharper.
        teacher_flip: whether a teacher's probabilities are the mean over the face and its mirror image.
        teacher_view: "original", the teachers see each face once, as it is, before training begins; or "augmented", at every
            step, as the student sees it (Beyer et al. 2022, arXiv:2106.05237: "consistent teaching"), on one device alone.

    The student's loss is cross-entropy with its own softmax as it is, whatever T. Hinton et al. 2015 (arXiv:1503.02531)
    divide the student's logits by T as well and multiply that loss by T squared, which keeps its gradient's size.
    """

    dataset: str = "fer2013"
    split: str = "official"
    soft_labels: bool = False
    expected_labels: float = 0.0
    max_train_rows: int | None = None
    teachers: tuple[str, ...] = ()
    teacher_share: float = 0.0
    teacher_temperature: float = 1.0
    teacher_flip: bool = False
    teacher_view: str = "original"

    def __post_init__(self):
        refuse_unless(self.dataset in DATASETS, f"Expected a data set in {(*DATASETS,)}. Received: {self.dataset!r}")
        divisions = self.facts.divisions
        refuse_unless(self.split in divisions, f"Expected a split in {divisions}. Received: {self.split!r}")
        share = self.expected_labels
        refuse_unless(0 <= share <= 1, f"Expected a share of expected labels in 0..1. Received: {share!r}")
        most = self.max_train_rows
        counted = most is None or (type(most) is int and most >= 1)
        refuse_unless(counted, f"Expected max_train_rows of at least 1, or None. Received: {most!r}")
        known = self.facts.has_votes or not self.needs_votes
        refuse_unless(known, f"Expected votes to soften labels of fer2013. Received: {self.dataset!r}")
        self._refuse_teachers()

    def _refuse_teachers(self) -> None:
        names, share, temperature = self.teachers, self.teacher_share, self.teacher_temperature
        named = isinstance(names, tuple) and all(isinstance(name, str) for name in names)
        refuse_unless(named and list(names) == sorted(names), f"Expected teachers in order. Received: {names!r}")
        refuse_unless(0 <= share <= 1, f"Expected a teacher_share in 0..1. Received: {share!r}")
        refuse_unless(bool(names) == (share > 0), f"Expected teachers with a share. Received: {names!r}, {share!r}")
        refuse_unless(temperature > 0, f"Expected a teacher_temperature above 0. Received: {temperature!r}")
        view = self.teacher_view
        refuse_unless(view in VIEWS, f"Expected a teacher_view in {VIEWS}. Received: {view!r}")
        refuse_unless(view == "original" or not self.teacher_flip, "Expected no teacher_flip of augmented faces.")
        plain = temperature == 1 and not self.teacher_flip and view == "original"
        refuse_unless(
            bool(names) or plain,
            "Expected teachers with teacher_temperature, teacher_flip, teacher_view. Received: none",
        )

    @property
    def needs_votes(self) -> bool:
        return self.soft_labels or self.expected_labels > 0

    @property
    def facts(self) -> Facts:
        return DATASETS[self.dataset]

    def untaught(self) -> "Data":
        """Return the same without teachers."""
        return dataclasses.replace(
            self, teachers=(), teacher_share=0.0, teacher_temperature=1.0, teacher_flip=False, teacher_view="original"
        )
