"""A small network that learns from several others: teachers of different kinds, and the students that they teach.

    python -m experiments.ensemble --only faces_votes --data PATH
    python -m experiments.ensemble --only faces12_distilled --data PATH --teachers RUN RUN RUN RUN
    python -m experiments.ensemble --only compact_reduced --data PATH --teachers RUN RUN

No paper's; so it has no number to hold. The teachers differ in where they start (ImageNet, recognising faces, chance), in
architecture and in the size at which they see a face: the mean of different recipes gains more than that of seeds
(reports/search.md). They see each face as the student does, distorted, at every step. Written for an accelerator, on JAX;
compact_reduced, for two processor cores.
"""

import dataclasses

from fer_keras.config.recipe import Data, Experiment, Phase, Recipe
from fer_keras.config.settings import OneCycle, Optimizer
from fer_keras.recipes.compact import MUON
from fer_keras.recipes.lite0 import VOTES as LITE0

ONE_CYCLE = OneCycle(warmup_fraction=0.15, momentum=None)


def _phases(epochs: int, rate: float = 1e-3, name: str = "adamw", **more) -> tuple[Phase, ...]:
    return (Phase("train", epochs, Optimizer(name, rate, ONE_CYCLE, weight_decay=0.05, **more)),)


LITE2 = dataclasses.replace(
    LITE0,
    name="lite2_votes",
    title="EfficientNet-Lite2 without its last convolution, from ImageNet weights, half label, half expected label",
    model_args={**LITE0.model_args, "backbone": "efficientnetlite2_320", "image_size": 128},
    phases=_phases(16, ema_momentum=0.998),
    paper_minutes=180,
    assumed=("All of it: this recipe is from no paper.", "Those of lite0_votes, at 128 px."),
)

FACES = dataclasses.replace(
    LITE0,
    name="faces_votes",
    title="MobileNet from weights that recognise faces, half label, half expected label",
    model_args={**LITE0.model_args, "backbone": "mobilenet_faces", "image_size": 112},
    init="faces",
    phases=_phases(20, ema_momentum=0.998),
    paper_minutes=120,
    assumed=(
        "All of it: this recipe is from no paper.",
        "Those of lite0_votes, at 112 px; the batch norms begin with the statistics of 2,000 Training images.",
    ),
)

FACES12 = dataclasses.replace(
    FACES,
    name="faces12_votes",
    title="MobileNet without its last block, from weights that recognise faces, half label, half expected label",
    model_args={**FACES.model_args, "backbone": "mobilenet_faces_12"},
)

WIDE = dataclasses.replace(
    MUON,
    name="wide_votes",
    title="CompactNet, wider, from scratch, half label, half expected label, trained by Muon",
    model_args={**MUON.model_args, "widths": (64, 128, 256, 512), "pairs": (1, 1, 1)},
    phases=_phases(60, 4e-3, "muon", momentum=0.95),
    paper_minutes=600,
    assumed=("All of it: this recipe is from no paper.", "Everything but its widths and its epochs is compact_muon's."),
)

TEACHERS = ("compact_muon", "faces_votes", "lite2_votes", "wide_votes")

TAUGHT = Data(
    "fer2013",
    split="official",
    expected_labels=0.5,
    teachers=TEACHERS,
    teacher_share=0.8,
    teacher_view="augmented",
)
"""Four fifths of each target are the teachers' mean."""

TEACHING = (
    "All of it: this recipe is from no paper.",
    "Teachers of several kinds that see each face as the student does, and their share of four fifths at temperature 1.",
)

FACES12_DISTILLED = dataclasses.replace(
    FACES12,
    name="faces12_distilled",
    title="MobileNet without its last block, from weights that recognise faces, taught by other networks",
    data=TAUGHT,
    phases=_phases(40, ema_momentum=0.998),
    label_smoothing=0.0,
    mixup=0.2,
    paper_minutes=900,
    assumed=TEACHING,
)

TAUGHT_BY_TWO = dataclasses.replace(TAUGHT, teachers=("faces12_distilled", "wide_votes"))

COMPACT_TAUGHT = dataclasses.replace(
    MUON,
    name="compact_taught",
    title="CompactNet, wider but for its last stage, from scratch, taught by two networks",
    model_args={**MUON.model_args, "widths": (64, 128, 256, 432), "pairs": (1, 1, 0)},
    data=TAUGHT_BY_TWO,
    phases=_phases(90, 4e-3, "muon", momentum=0.95),
    label_smoothing=0.0,
    paper_minutes=900,
    assumed=(
        *TEACHING,
        "wide_votes without its last residual pair, which has more than half of its weights; the width of the last stage is"
        " what three million parameters leave.",
    ),
)

COMPACT_REDUCED = dataclasses.replace(
    WIDE,
    name="compact_reduced",
    title="CompactNet, wider, its last convolutions reduced to low rank, taught by two networks",
    model_args={**WIDE.model_args, "ranks": (0, 128, 123)},
    init="teacher",
    data=TAUGHT_BY_TWO,
    phases=_phases(6, 3e-4),
    label_smoothing=0.0,
    paper_minutes=35,
    assumed=(
        "All of it: this recipe is from no paper.",
        "It starts from wide_votes: what its convolutions keep are the directions in which their responses vary most.",
        "Ranks: half the channels of the third stage, and of the fourth what three million parameters leave.",
        "Teachers, their share and mixup: faces12_distilled's way of being taught, with other teachers.",
    ),
)

RECIPES: tuple[Recipe, ...] = (
    FACES12_DISTILLED,
    COMPACT_REDUCED,
    COMPACT_TAUGHT,
    FACES,
    FACES12,
    LITE2,
    WIDE,
)

EXPERIMENT = Experiment(
    name="ensemble",
    paper="the suite's own",
    title="A small network taught by several others",
    recipes=RECIPES,
)
