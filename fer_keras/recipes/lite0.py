"""EfficientNet-Lite0 from ImageNet weights: a network of three million parameters that did not start from noise.

    python -m experiments.lite0 [--only lite0_votes] [--data PATH]
    python -m experiments.lite0 --only lite0_distilled --data PATH --teachers RUN RUN

No paper's; so it has no number to hold. Its last 1x1 convolution, 320 to 1280 channels, is left out: what remains has
2,961,101 trainable parameters. The faces are seen at 96 px, where the network's stem halves them to their own 48.
Targets, smoothing and distortion are those of `compact_votes`.
"""

import dataclasses

from fer_keras.config.recipe import Data, Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import OneCycle, Optimizer
from fer_keras.recipes.compact import VOTES as COMPACT_VOTES

ONE_CYCLE = OneCycle(warmup_fraction=0.15, momentum=None)

VOTES = Recipe(
    name="lite0_votes",
    title="EfficientNet-Lite0 without its last convolution, from ImageNet weights, half label, half expected label",
    model="backbone_classifier",
    model_args={"backbone": "efficientnetlite0_320", "image_size": 96, "dropout": 0.3, "head_initializer": "zeros"},
    init="imagenet",
    data=Data("fer2013", split="official", expected_labels=0.5),
    augment=COMPACT_VOTES.augment,
    batch_size=128,
    phases=(Phase("train", 14, Optimizer("adamw", 1e-3, ONE_CYCLE, weight_decay=0.05, ema_momentum=0.998)),),
    label_smoothing=0.05,
    keep="best",
    monitor="accuracy",
    paper_minutes=85,
    assumed=(
        "All of it: this recipe is from no paper.",
        "AdamW at 1e-3 in one cycle: the only rate tried, in eight epochs without votes, 66.3 % on PublicTest.",
        "The head starts at zero: with a random one the first epoch ended at a training loss of 3.5, worse than the 1.95 of a"
        " uniform guess.",
        "Weights are averaged over about two epochs; nothing else was tried.",
    ),
    profiles={"smoke": Profile(minutes=1, epochs={"train": 1}, rows=64)},
)

DISTILLED = dataclasses.replace(
    VOTES,
    name="lite0_distilled",
    title="EfficientNet-Lite0 as lite0_votes, taught by two networks",
    data=dataclasses.replace(VOTES.data, teachers=("compact_muon", "lite0_votes"), teacher_share=0.5),
    assumed=(
        *VOTES.assumed,
        "Two kinds of teachers, and their share of one half at temperature 1: nothing else was tried.",
    ),
)

EXPERIMENT = Experiment(
    name="lite0",
    paper="the suite's own",
    title="EfficientNet-Lite0 from ImageNet weights",
    recipes=(VOTES, DISTILLED),
)
