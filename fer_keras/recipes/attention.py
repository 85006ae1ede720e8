"""What attention is worth: the parts that papers 001 and 003 add, one at a time, on one small backbone.

    python -m experiments.attention [--only attention_mhsa] --data PATH --seeds 0 1 2

Same trunk, recipe, rows and seeds; only what stands between the last feature map and the classes differs. From scratch
at 48 px, so that a run takes minutes on two CPU cores. `reports/attention_worth.md` holds the paired tests.
"""

import dataclasses

from fer_keras.config.recipe import Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import Augment, OneCycle, Optimizer

TRUNK = {"image_size": 48, "widths": (16, 32, 64, 128), "pairs": (0, 0, 1), "dropout": 0.3, "l2": 0.0}

NONE = Recipe(
    name="attention_none",
    title="Without attention: average pooling, one dense branch",
    model="compact",
    model_args=TRUNK,
    augment=Augment(
        rotation_range=12.0,
        zoom_range=0.1,
        width_shift_range=0.08,
        height_shift_range=0.08,
        horizontal_flip=True,
        fill_mode="nearest",
    ),
    batch_size=64,
    phases=(Phase("train", 8, Optimizer("adamw", 2e-3, OneCycle(momentum=None), weight_decay=0.02)),),
    label_smoothing=0.1,
    keep="best",
    monitor="accuracy",
    paper_minutes=5,
    assumed=("All of it: a comparison of what papers 001 and 003 claim, from no paper itself. Chosen on PublicTest.",),
    profiles={"smoke": Profile(minutes=1, epochs={"train": 1}, rows=64)},
)


SE = dataclasses.replace(
    NONE,
    name="attention_se",
    title="With squeeze-and-excitation (003, §2.1)",
    model_args={**TRUNK, "parts": ("se",)},
)

SPATIAL = dataclasses.replace(
    NONE,
    name="attention_spatial",
    title="With spatial attention (001, §III.D; 003, §2.1)",
    model_args={**TRUNK, "parts": ("spatial",)},
)

CBAM = dataclasses.replace(
    NONE,
    name="attention_cbam",
    title="With CBAM (001, §III.D)",
    model_args={**TRUNK, "parts": ("cbam",)},
)

MHSA = dataclasses.replace(
    NONE,
    name="attention_mhsa",
    title="With multi-head self-attention (003, §2.2)",
    model_args={**TRUNK, "parts": ("mhsa",), "dim": 128},
)

BRANCHES = dataclasses.replace(
    NONE,
    name="attention_branches",
    title="With class-specific branches (003, §2.3)",
    model_args={**TRUNK, "parts": ("branches",)},
)

ALL_PARTS = dataclasses.replace(
    NONE,
    name="attention_all",
    title="With all of 003's parts",
    model_args={**TRUNK, "parts": ("se", "spatial", "mhsa", "branches"), "dim": 128},
)

EXPERIMENT = Experiment(
    name="attention",
    paper="the suite's own",
    title="Attention modules of papers 001 and 003 on one network",
    recipes=(NONE, SE, SPATIAL, CBAM, MHSA, BRANCHES, ALL_PARTS),
)
