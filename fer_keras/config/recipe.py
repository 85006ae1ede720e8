"""`Recipe`: one row of a paper as data. It fails on a wrong name when it is written, not when it is run."""

import dataclasses
import pathlib
from collections.abc import Collection, Iterable, Mapping

from fer_keras.config.architectures import BUILDERS
from fer_keras.config.data import Data
from fer_keras.config.datasets import CLASS_NAMES
from fer_keras.config.reported import Reported
from fer_keras.config.settings import Augment, Optimizer, Schedule, refuse_unless

STARTS = ("imagenet", "faces", "teacher", "scratch")
"""What a backbone can start from by name; "faces" is a network that recognises them, "teacher" one of the run's teachers."""


@dataclasses.dataclass(frozen=True)
class Phase:
    """One `compile` and `fit`: what trains, for how long, with which optimizer.

    Attributes:
        epochs: passes over the training rows.
        optimizer: a fresh one starts with the phase; slots of the last phase are dropped, as Keras does at compile.
        backbone: "frozen", "all", or the first layer index that trains: layers[index:] of `backbone` train.
        batch_norm: "frozen" (inference mode, no statistics, no gamma or beta) or "trainable", of the backbone.
        data, augment, class_weights: replace the recipe's for this phase; None keeps them.
        evaluate_every: epochs between evaluations on the selection rows.
        section: where the paper says so.
    """

    name: str
    epochs: int
    optimizer: Optimizer
    backbone: str | int = "all"
    batch_norm: str = "trainable"
    data: Data | None = None
    augment: Augment | None = None
    class_weights: Mapping[str, float] | None = None
    evaluate_every: int = 1
    section: str = ""

    def __post_init__(self):
        refuse_unless(self.epochs >= 1, f"Expected at least one epoch in {self.name}. Received: {self.epochs}")
        known = self.backbone in ("frozen", "all") or (isinstance(self.backbone, int) and self.backbone >= 0)
        refuse_unless(known, f"Expected 'frozen', 'all' or a layer index. Received: {self.backbone!r}")
        refuse_unless(
            self.batch_norm in ("frozen", "trainable"), f"Expected frozen or trainable. Received: {self.batch_norm!r}"
        )
        taught = self.data is not None and self.data.teachers
        refuse_unless(not taught, f"Expected teachers in the recipe's data. Received: some in phase {self.name}")


@dataclasses.dataclass(frozen=True)
class Profile:
    """A declared reduction of a recipe, for hardware that cannot run it as printed.

    Attributes:
        minutes: what a run takes, estimated, its start included, on the hardware the profile is for.
        note: why this reduction, in a few words for the deviations.
        image_size: side of the square that the backbone sees, or None for the recipe's.
        epochs: {phase name: epochs}; phases not named keep theirs, 0 leaves the phase out.
        learning_rates: {phase name: learning rate}; likewise.
        schedules: {phase name: schedule}; likewise: a cycle that the epochs left would cut, say.
        batch_size: rows a step, or None.
        rows: use only so many training rows (stratified, seeded), or None for all.
        generated: {class: generated faces}, where the recipe has some; classes not named keep theirs.
        augment: instead of the recipe's, where few epochs cannot learn through the printed ranges; None keeps it.
        model_args: instead of the recipe's, or beside them.
        start: the recipe that a run under this profile trains first, under the same profile, to start from its backbone;
            "" starts where the recipe does.
    """

    minutes: float
    note: str = ""
    image_size: int | None = None
    epochs: Mapping[str, int] = dataclasses.field(default_factory=dict)
    learning_rates: Mapping[str, float] = dataclasses.field(default_factory=dict)
    schedules: Mapping[str, Schedule] = dataclasses.field(default_factory=dict)
    batch_size: int | None = None
    rows: int | None = None
    generated: Mapping[str, int] = dataclasses.field(default_factory=dict)
    augment: Augment | None = None
    model_args: Mapping[str, object] = dataclasses.field(default_factory=dict)
    start: str = ""


@dataclasses.dataclass(frozen=True)
class Recipe:
    """One system of one paper: architecture, data treatment, training, and the numbers to hold against ours.

    Attributes:
        name: unique over all experiments, used in file names.
        model: a key of `fer_keras.models.BUILDERS`; model_args: its keyword arguments (image_size among them).
        init: what the backbone starts from: "imagenet", "faces", "scratch", or the file of a checkpoint (as run only);
            "teacher", for a network with convolutions of low rank: the teacher that is the same network without ranks.
        generated: {class: faces}: how many faces of `python -m fer_keras.gan` join the training rows; one class at most.
        oversample: {class: times}: how often each training row of the class enters an epoch.
        class_augment: {class: Augment} instead of `augment` for the extra copies of these classes.
        class_weights: {class: weight} of the loss; the mean over a batch divides by the number of rows (Keras).
        weights_divide_by_sum: divide by the sum of the batch's weights instead (PyTorch's weighted cross-entropy).
        keep: "best" keeps the epoch with the best `monitor` on the selection rows, "last" the last.
        monitor: "accuracy", "balanced_accuracy" or "loss" on the selection rows.
        reported, assumed, changed: the paper's numbers; what it leaves open and we chose; what we did otherwise, and why.
        architecture_printed: whether the paper prints its network; of one whose widths are ours no number is reproduced.
        profiles: reductions by name; "paper" is the recipe itself and needs none.
    """

    name: str
    title: str
    model: str
    phases: tuple[Phase, ...]
    batch_size: int
    model_args: Mapping[str, object] = dataclasses.field(default_factory=dict)
    init: str = "scratch"
    data: Data = dataclasses.field(default_factory=Data)
    augment: Augment = dataclasses.field(default_factory=Augment)
    generated: Mapping[str, int] = dataclasses.field(default_factory=dict)
    oversample: Mapping[str, int] = dataclasses.field(default_factory=dict)
    class_augment: Mapping[str, Augment] = dataclasses.field(default_factory=dict)
    class_weights: Mapping[str, float] = dataclasses.field(default_factory=dict)
    weights_divide_by_sum: bool = False
    label_smoothing: float = 0.0
    mixup: float = 0.0
    keep: str = "best"
    monitor: str = "accuracy"
    early_stopping: int | None = None
    paper_minutes: float = 0.0
    reported: tuple[Reported, ...] = ()
    assumed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    architecture_printed: bool = True
    profiles: Mapping[str, Profile] = dataclasses.field(default_factory=dict)

    @property
    def network(self) -> str:
        """Return what is trained, by name: the model, or the backbone where the model is no more than its classifier."""
        return self.model_args.get("backbone", self.model)

    def __post_init__(self):
        refuse_unless(self.model in BUILDERS, f"Expected a model in {tuple(BUILDERS)}. Received: {self.model!r}")
        start = self.init in STARTS or pathlib.PurePath(self.init).suffix
        refuse_unless(bool(start), f"Expected {', '.join(STARTS)} or a checkpoint's file. Received: {self.init!r}")
        refuse_unless(bool(self.phases), "Expected at least one phase. Received: none")
        refuse_unless(self.keep in ("best", "last"), f"Expected keep best or last. Received: {self.keep!r}")
        monitors = ("accuracy", "balanced_accuracy", "loss")
        refuse_unless(self.monitor in monitors, f"Expected a monitor in {monitors}. Received: {self.monitor!r}")
        _refuse_unknown_classes(self)
        _refuse_unless_generated(self)
        names = [phase.name for phase in self.phases]
        refuse_unless(len(set(names)) == len(names), f"Expected phases of different names. Received: {names}")
        for profile in self.profiles.values():
            unknown = {*profile.epochs, *profile.learning_rates, *profile.schedules} - set(names)
            refuse_unless(not unknown, f"Expected phases {names} in profile. Received: {sorted(unknown)}")
            refuse_unless(
                any(profile.epochs.get(name) != 0 for name in names), "Expected a phase in profile. Received: none"
            )
            unknown = set(profile.generated) - set(self.generated)
            refuse_unless(not unknown, f"Expected the recipe's generated classes. Received: {sorted(unknown)}")


def _refuse_unknown_classes(recipe: Recipe) -> None:
    """Raise ValueError for a class that the data it is meant for have not."""
    main = recipe.data.facts.class_names
    seen = {*main, *(name for phase in recipe.phases if phase.data for name in phase.data.facts.class_names)}
    _refuse_others((word for number in recipe.reported for word in number.metric.split("/")[1:]), main)
    for mapping in (recipe.oversample, recipe.class_augment, recipe.class_weights):
        _refuse_others(mapping, seen)
    for phase in recipe.phases:
        _refuse_others(phase.class_weights or (), (phase.data or recipe.data).facts.class_names)


def _refuse_others(names: Iterable[str], classes: Collection[str]) -> None:
    unknown = sorted(set(names) - set(classes))
    refuse_unless(not unknown, f"Expected class names among {(*classes,)}. Received: {unknown}")


def _refuse_unless_generated(recipe: Recipe) -> None:
    """Raise ValueError unless what is generated is a number of faces of one class of FER2013, or nothing."""
    made = recipe.generated
    fits = set(made) <= set(CLASS_NAMES) and all(type(number) is int and number > 0 for number in made.values())
    refuse_unless(fits and len(made) <= 1, f"Expected at most one {{class: faces, 1 or more}}. Received: {dict(made)}")
    fits = not made or recipe.data.dataset == "fer2013"
    refuse_unless(fits, f"Expected generated faces with FER2013 only. Received: {recipe.data.dataset!r}")


@dataclasses.dataclass(frozen=True)
class Experiment:
    """A paper: its module in experiments/, its identity, its recipes; the first recipe is the one that runs by default."""

    name: str
    paper: str
    title: str
    recipes: tuple[Recipe, ...]

    def recipe(self, name: str) -> Recipe:
        """Return the recipe called `name`. Raises KeyError when there is none."""
        return {recipe.name: recipe for recipe in self.recipes}[name]
