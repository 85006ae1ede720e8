"""Paper 004: ResNet50 + CNN for facial expressions on FER2013, beside a vanilla CNN and a CNN with residual blocks.

    python -m experiments.resnet50_cnn [--only vanilla_cnn] [--data PATH]

Adam 1e-4, 60 epochs, batch 32, weighted cross-entropy, 80/20 of all rows. Expect .857 for ResNet50 + CNN (Table 2,
reported; ours stand in reports/). Section numbers are the paper's.
"""

import dataclasses

from fer_keras.config.recipe import Data, Experiment, Phase, Profile, Recipe, Reported
from fer_keras.config.settings import Augment, Optimizer

ADAM = Optimizer("adam", 1e-4, beta_1=0.9, beta_2=0.999)  # Table 1

ASSUMED = (
    "Loss weights in the order of §1's list of emotions, which is FER2013's: angry .1, disgust .3, fear .3, happy 1, ...",
    "The weighted loss divides by the number of images (equation 7).",
    "Ranges of the augmentation (§3 names the kinds only): rotation 10 degrees, shifts .1, zoom .1, nearest filling.",
    '"Clipping" (§3) is read as what shifts and zooms cut off at the edges of a picture: there is no crop of its own.',
    "The 80/20 split is stratified and seeded; a tenth of the 80 % selects the epoch.",
)

VANILLA_CNN = Recipe(
    name="vanilla_cnn",
    title="Vanilla CNN",
    model="vanilla_cnn",
    model_args={"image_size": 48},
    data=Data("fer2013", split="pooled"),  # §3
    augment=Augment(
        rotation_range=10.0, width_shift_range=0.1, height_shift_range=0.1, zoom_range=0.1, horizontal_flip=True
    ),
    class_weights={  # §3
        "angry": 0.1,
        "disgust": 0.3,
        "fear": 0.3,
        "happy": 1.0,
        "sad": 0.3,
        "surprise": 0.3,
        "neutral": 0.1,
    },
    batch_size=32,  # Table 1
    phases=(Phase("train", 60, ADAM, section="Table 1"),),
    keep="best",
    monitor="accuracy",
    paper_minutes=40,
    reported=(Reported("accuracy", 0.662, "Table 2"), Reported("accuracy", 0.682, "Table 2", split="train")),
    assumed=(
        *ASSUMED,
        "Blocks, widths and dropout of the network (§3 names kinds of layers): small, as the published training accuracy is.",
    ),
    changed=("§3's text says about 68 % where Table 2 has .662; the table is held.",),
    architecture_printed=False,
    profiles={
        "cpu": Profile(minutes=90, note="two CPU cores: fewer epochs", epochs={"train": 20}),
        "smoke": Profile(minutes=1, epochs={"train": 1}, rows=64),
    },
)

RESIDUAL_CNN = dataclasses.replace(
    VANILLA_CNN,
    name="residual_cnn",
    title="CNN with residual blocks",
    model="residual_cnn",
    reported=(Reported("accuracy", 0.681, "Table 2"), Reported("accuracy", 0.724, "Table 2", split="train")),
    changed=("§3's text says around 70 % where Table 2 has .681; the table is held.",),
)

NORMALISED = dataclasses.replace(
    VANILLA_CNN,
    name="vanilla_cnn_normalised",
    title="Vanilla CNN on the official division, for its convergence",
    data=Data("fer2013", split="official"),
    phases=(Phase("train", 30, ADAM, section="§3: 31 %"),),
    paper_minutes=20,
    reported=(),
    assumed=(
        *ASSUMED[:-1],
        "Half the published epochs, on the official division: what is measured is after how many epochs the accuracy on"
        " PublicTest is that of the network without batch norm (see the convergence page).",
    ),
    changed=(),
    profiles={"smoke": Profile(minutes=1, epochs={"train": 1}, rows=64)},
)

UNNORMALISED = dataclasses.replace(
    NORMALISED,
    name="vanilla_cnn_unnormalised",
    title="Vanilla CNN without batch normalisation, on the official division",
    model="vanilla_cnn_unnormalised",
)

RESNET50_CNN = dataclasses.replace(
    VANILLA_CNN,
    name="resnet50_cnn",
    title="ResNet50 + CNN, its backbone frozen in all epochs: grey stem, pools removed, 128-feature refinement",
    model="resnet50_cnn",
    model_args={"image_size": 48, "stem": "mean"},  # §2.1, equation 1
    init="imagenet",
    phases=(Phase("train", 60, ADAM, "frozen", "frozen", section="§2.1; Table 1"),),
    reported=(Reported("accuracy", 0.857, "Table 2"), Reported("accuracy", 0.857, "Table 2", split="train")),
    assumed=(
        *ASSUMED,
        "Of ResNet50's pools the first (pool1) is removed, so that 48 px end as 3x3; the mean grey of ImageNet is subtracted.",
        "Refinement 2048-512-128 by two 1x1 convolutions, then a 3x3 max pooling to the published 1x1x128 cube; dropout 0.5.",
        "The grey kernel is the mean of the RGB kernel as published; only their sum equals the RGB stem on tripled grey.",
        'The backbone is frozen "during the initial phase of transfer learning" (§2.1): here that is all of the 60 epochs.',
    ),
    architecture_printed=True,
    changed=('§3 says "16% higher" where Table 2 has .857 - .662 = .195; the table is held.',),
    profiles={
        "cpu": Profile(
            minutes=8,
            note="two CPU cores: few epochs, a rate for them",
            epochs={"train": 3},
            learning_rates={"train": 5e-4},
            batch_size=64,
        ),
        "smoke": Profile(minutes=1, epochs={"train": 1}, rows=64),
    },
)

RESNET50_CNN_SUM = dataclasses.replace(
    RESNET50_CNN,
    name="resnet50_cnn_sum",
    title="ResNet50 + CNN with the summed grey kernel",
    model_args={"image_size": 48, "stem": "sum"},
    changed=(*RESNET50_CNN.changed, "The grey kernel is the sum of the RGB kernel, not their mean (equation 1)."),
)

RESNET50_CNN_UNFREEZING = dataclasses.replace(
    RESNET50_CNN,
    name="resnet50_cnn_unfreezing",
    title="ResNet50 + CNN, its backbone frozen at first and trained after",
    phases=(
        Phase("frozen", 30, ADAM, "frozen", "frozen", section="§2.1; Table 1"),
        Phase("unfrozen", 30, ADAM, "all", "trainable", section="§2.1; Table 1"),
    ),
    assumed=(
        *RESNET50_CNN.assumed[:-1],
        'The backbone is frozen "during the initial phase of transfer learning" (§2.1), whose length is not given: half of'
        " the 60 epochs. Then all of it trains at the same rate, its batch norm too.",
    ),
    profiles={
        "cpu": Profile(
            minutes=20,
            note="two CPU cores: few epochs, rates for them",
            epochs={"frozen": 2, "unfrozen": 1},
            learning_rates={"frozen": 5e-4, "unfrozen": 1e-4},
            batch_size=64,
        ),
        "smoke": Profile(minutes=1, epochs={"frozen": 1, "unfrozen": 1}, rows=64),
    },
)

EXPERIMENT = Experiment(
    name="resnet50_cnn",
    paper="004",
    title="ResNet50 + CNN beside a vanilla and a residual CNN",
    recipes=(
        RESNET50_CNN_UNFREEZING,
        VANILLA_CNN,
        RESIDUAL_CNN,
        RESNET50_CNN,
        RESNET50_CNN_SUM,
        NORMALISED,
        UNNORMALISED,
    ),
)
