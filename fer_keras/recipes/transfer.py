"""Each paper's idea on one backbone from real ImageNet weights, one budget for all: what holds of it?

    python -m experiments.transfer [--only transfer_cbam] --data PATH --seeds 0 1 2
    python -m experiments --all-transfer --seeds 0 1 2 -- --data PATH

EfficientNet-Lite0 at 96 px, six epochs of 28,709 faces, AdamW in one cycle: the same for every row but for what its paper
claims. About half an hour a run on two CPU cores with bfloat16, 22 hours for all with three seeds. `reports/transfer.md`
holds each claim beside the paired difference.
"""

import dataclasses

from fer_keras.config.recipe import Data, Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import Augment, OneCycle, Optimizer
from fer_keras.recipes.p003_hybrid import HYBRID

EPOCHS = 6
ONE_CYCLE = OneCycle(warmup_fraction=0.15, momentum=None)
ADAMW = Optimizer("adamw", 1e-3, ONE_CYCLE, weight_decay=0.05)
NETWORK = {"backbone": "efficientnetlite0", "image_size": 96, "dropout": 0.3}
SMOKE = {"image_size": 48, "rows": 64}

PLAIN = Recipe(
    name="transfer_plain",
    title="Fine-tuned whole, one dense layer",
    model="transfer",
    model_args=NETWORK,
    init="imagenet",
    augment=Augment(
        rotation_range=12.0,
        zoom_range=0.1,
        width_shift_range=0.08,
        height_shift_range=0.08,
        horizontal_flip=True,
        fill_mode="nearest",
    ),
    batch_size=64,
    phases=(Phase("train", EPOCHS, ADAMW),),
    label_smoothing=0.1,
    keep="best",
    monitor="accuracy",
    paper_minutes=28,
    assumed=(
        "All but the papers' ideas: one budget for all recipes, chosen before any of them ran by one trial of eight epochs at"
        " 96 px, 66.3 % on PublicTest, so that all recipes with three seeds end within about 25 hours of two CPU cores.",
    ),
    profiles={"smoke": Profile(minutes=1, epochs={"train": 1}, **SMOKE)},
)


def _row(name: str, title: str, base: Recipe = PLAIN, **changes) -> Recipe:
    """Return `base` under another name with `changes`; `network` joins its model_args."""
    network = {**base.model_args, **changes.pop("network", {})}
    return dataclasses.replace(base, name=f"transfer_{name}", title=title, model_args=network, **changes)


def _attentive(name: str, title: str, *parts: str) -> Recipe:
    return _row(name, title, network={"head": "attentive", "parts": parts})


def _phases(*phases: Phase) -> dict:
    smoke = Profile(minutes=1, epochs={phase.name: 1 for phase in phases}, **SMOKE)
    return {"phases": phases, "profiles": {"smoke": smoke}}


FROZEN = Phase("train", EPOCHS, ADAMW, "frozen", "frozen")

SCRATCH = _row("scratch", "From scratch instead of from ImageNet", init="scratch", network={"pretrained": False})

# 002: the three-layer head, and a frozen base
THREE_LAYER_HEAD = _row("three_layer_head", "With 002's three-layer head", network={"head": "three", "dropout": 0.5})
FROZEN_BASE = _row("frozen_base", "With 002's head, frozen base", THREE_LAYER_HEAD, phases=(FROZEN,), paper_minutes=12)

# 001: attention before the classifier; all on the head that has a hidden layer
NO_ATTENTION = _attentive("no_attention", "A hidden layer, no attention")
CBAM = _attentive("cbam", "With CBAM (001, §III.D)", "cbam")
SPATIAL = _attentive("spatial", "With spatial attention, a sigmoid (001, Fig. III.3)", "spatial")
SPATIAL_SOFTMAX = _attentive(
    "spatial_softmax", "With spatial attention, a softmax (001, equation 4)", "spatial_softmax"
)

# 003: its parts, its unfreezing, its treatment of rare classes
ALL_PARTS = _attentive("all_parts", "With 003's four parts, all trained at once", "se", "spatial", "mhsa", "branches")
LAST_STAGES = 95
"""The first layer of Lite0's stage 6, where the last of its halvings begins."""

STAGED = _row(
    "staged",
    "With 003's parts, unfrozen in stages",
    ALL_PARTS,
    paper_minutes=20,
    **_phases(
        Phase("frozen", 2, ADAMW, "frozen", "frozen"),
        Phase("last-stages", 2, ADAMW, LAST_STAGES, "frozen"),
        Phase("all", 2, dataclasses.replace(ADAMW, learning_rate=5e-4), "all", "frozen"),
    ),
)
CLASS_WEIGHTS = _row("class_weights", "With 003's class weights", class_weights=HYBRID.class_weights)
OVERSAMPLING = _row("oversampling", "With 003's threefold disgust", oversample=HYBRID.oversample)

# 000: rates by group, another set first, erasing
DISCRIMINATIVE = _row(
    "discriminative",
    "With 000's rates: the backbone's a hundredth of the classifier's",
    phases=(Phase("train", EPOCHS, dataclasses.replace(ADAMW, groups=(("backbone/", 1e-5),))),),
)
FERPLUS_FIRST = _row(
    "ferplus_first",
    "First on FER+'s eight classes, then on FER2013",
    **_phases(
        Phase("ferplus", EPOCHS // 2, ADAMW, data=Data("ferplus", split="official")),
        Phase("fer2013", EPOCHS // 2, ADAMW),
    ),
)
ERASING = _row(
    "erasing",
    "With 000's RandomErasing",
    augment=dataclasses.replace(PLAIN.augment, erase_probability=0.15, erase_area=(0.02, 0.12)),
)

# 004: frozen, the grey kernel, the head on the sphere
FROZEN_SUM = _row("frozen_sum", "Frozen, summed grey kernel, one dense layer", phases=(FROZEN,), paper_minutes=12)
FROZEN_MEAN = _row("frozen_mean", "Frozen, mean grey kernel (004, equation 1)", FROZEN_SUM, network={"grey": "mean"})
FROZEN_SPHERE = _row(
    "frozen_sphere", "Frozen, L2-normalised head (004, §2.2.2)", FROZEN_SUM, network={"head": "sphere"}
)

EXPERIMENT = Experiment(
    name="transfer",
    paper="the suite's own",
    title="The papers' ideas on one backbone from ImageNet",
    recipes=(
        *(PLAIN, SCRATCH),
        *(THREE_LAYER_HEAD, FROZEN_BASE),
        *(NO_ATTENTION, CBAM, SPATIAL, SPATIAL_SOFTMAX),
        *(ALL_PARTS, STAGED, CLASS_WEIGHTS, OVERSAMPLING),
        *(DISCRIMINATIVE, FERPLUS_FIRST, ERASING),
        *(FROZEN_SUM, FROZEN_MEAN, FROZEN_SPHERE),
    ),
)
