"""Paper 001: "Enhancing Facial Emotion Recognition using CNNs, Transfer Learning, and Attention Mechanisms".

    python -m experiments.cnn_resnet_attention [--only baseline_cnn] [--data PATH]

Four systems, five rows (Table I and §IV). Expect 58.9 % for the baseline CNN and 67.4 % for ResNet-50 + CBAM (reported;
ours stand in reports/). Adam, cosine annealing with warm restarts, batch 32, 5 to 30 epochs. Section numbers are the
paper's.
"""

import dataclasses

from fer_keras.config.recipe import Experiment, Phase, Profile, Recipe, Reported
from fer_keras.config.settings import Augment, CosineRestarts, Optimizer

ADAM = Optimizer("adam", 1e-3, CosineRestarts(first_epochs=10))  # §III.C

ASSUMED = (
    "Validation and test images as §III.B counts them: PublicTest and PrivateTest. The published accuracies do"
    " not fit these counts but 20 % of the whole set (see the consistency page), so the paper tested on other images.",
    "Warm restarts every 10 epochs, or one cycle where the run is shorter (T_0 is not given); shorter profiles end with a"
    " cycle too.",
    "Brightness factor in [0.8, 1.2] (§III.B names no range).",
    "Resizing is bilinear, as torchvision's; grey is tripled for the CNNs too (Fig. A.2's code converts so).",
)

CNN_ASSUMED = (
    "Widths 32, 64, 128 of the three blocks, 128 units in the first dense layer, no dropout (§III.D gives none of them)."
    " Most of its weights stand between the last map and that layer: 4.29 M parameters at 128 px, 684 k at the `cpu`"
    " profile's 48 px, which is another network and no reproduction.",
)

SIGMOID = (
    "The spatial attention is CBAM's, a sigmoid of each position (Fig. III.3); equation 4 has a softmax over them."
)

ONE_EPOCH = {"train": CosineRestarts(first_epochs=1)}

BASELINE_CNN = Recipe(
    name="baseline_cnn",
    title="Baseline CNN: three Conv-ReLU-MaxPool blocks, two dense layers",
    model="cnn001",  # §III.D
    model_args={"image_size": 128},  # §III.B
    augment=Augment(
        rotation_range=10.0, brightness_range=(0.8, 1.2), horizontal_flip=True, fill_mode="constant"
    ),  # §III.B
    batch_size=32,  # §III.C
    phases=(Phase("train", 30, ADAM, section="§III.C"),),
    keep="best",  # §III.C
    monitor="accuracy",
    paper_minutes=30,
    reported=(Reported("accuracy", 0.589, "Table I"),),
    assumed=ASSUMED + CNN_ASSUMED,
    architecture_printed=False,
    profiles={
        "cpu": Profile(
            minutes=80, note="two CPU cores: native 48 px, two cycles of three", image_size=48, epochs={"train": 20}
        ),
        "smoke": Profile(minutes=1, image_size=48, epochs={"train": 1}, schedules=ONE_EPOCH, rows=64),
    },
)

ATTENTION_CNN = dataclasses.replace(
    BASELINE_CNN,
    name="attention_cnn",
    title="CNN with spatial attention before the classification head",
    model="cnn001_spatial_attention",  # §III.D
    reported=(Reported("accuracy", 0.454, "Table I"),),
    assumed=(
        *ASSUMED,
        *CNN_ASSUMED,
        "30 epochs as for the baseline; the paper says only 5 to 30 for this network.",
        SIGMOID,
    ),
)

ATTENTION_CNN_SOFTMAX = dataclasses.replace(
    ATTENTION_CNN,
    name="attention_cnn_softmax",
    title="CNN with spatial attention by equation 4",
    model="cnn001_spatial_softmax",  # equation 4
    assumed=(
        *ATTENTION_CNN.assumed[:-1],
        "Equation 4 as published: a softmax over the 16x16 positions, which makes features 256 times smaller on average.",
    ),
)

RESNET50 = dataclasses.replace(
    BASELINE_CNN,
    name="resnet50_5",
    title="ResNet-50, fine-tuned whole for 5 epochs",
    model="resnet50",
    model_args={"image_size": 224},  # §III.B
    init="imagenet",  # §III.D
    paper_minutes=8,
    phases=(Phase("train", 5, dataclasses.replace(ADAM, schedule=CosineRestarts(first_epochs=5)), section="§IV"),),
    reported=(Reported("accuracy", 0.435, "Table I"),),
    assumed=(
        *ASSUMED,
        "All layers train (§III.D: fine-tuned). ImageNet's mean and deviation are not used (§III.B names neither).",
    ),
    changed=(
        "Pixels in 0..255, the unit of Keras's weights, not in [0, 1] (§III.B): batch norm takes the factor out, and its"
        " moving statistics start right.",
        "keras.applications' ResNet-50, whose stages have their stride in the first 1x1 convolution, and biases; the paper's"
        " PyTorch has it in the 3x3. The recipes called `..._torchvision` have PyTorch's network, and pixels in [0, 1].",
    ),
    architecture_printed=True,
    profiles={
        "cpu": Profile(
            minutes=4,
            note="two CPU cores: native 48 px, an epoch of 12,000 images, a rate and a cycle for that",
            image_size=48,
            epochs={"train": 1},
            schedules=ONE_EPOCH,
            learning_rates={"train": 2e-4},
            batch_size=64,
            rows=12_000,
        ),
        "smoke": Profile(minutes=1, image_size=48, epochs={"train": 1}, schedules=ONE_EPOCH, rows=64),
    },
)

RESNET50_CBAM_5 = dataclasses.replace(
    RESNET50,
    name="resnet50_cbam_5",
    title="ResNet-50 with CBAM after the last stage, 5 epochs",
    model="resnet50_cbam",  # §III.D
    reported=(Reported("accuracy", 0.662, "§IV, Fig. A.3"),),
    assumed=(*RESNET50.assumed, "CBAM as published: reduction 16, ReLU, no biases, a 7x7 convolution."),
)

RESNET50_CBAM_20 = dataclasses.replace(
    RESNET50_CBAM_5,
    name="resnet50_cbam_20",
    title="ResNet-50 with CBAM after the last stage, 20 epochs",
    phases=(Phase("train", 20, ADAM, section="§IV, Fig. A.4"),),
    paper_minutes=30,
    reported=(Reported("accuracy", 0.674, "Table I"),),
    profiles={
        **RESNET50.profiles,
        "cpu": dataclasses.replace(
            RESNET50.profiles["cpu"],
            minutes=12,
            note="as after 5 epochs, but four of them, in one cycle",
            epochs={"train": 4},
            schedules={"train": CosineRestarts(first_epochs=4)},
        ),
    },
)


def _torchvision(recipe: Recipe) -> Recipe:
    """Return the row on torchvision's ResNet-50, which its ImageNet weights fit."""
    return dataclasses.replace(
        recipe,
        name=f"{recipe.name}_torchvision",
        title=f"{recipe.title}, PyTorch's network",
        model_args={**recipe.model_args, "backbone": "resnet50_torchvision"},
        changed=(),
    )


RESNET50_TORCHVISION, CBAM_5_TORCHVISION, CBAM_20_TORCHVISION = map(
    _torchvision, (RESNET50, RESNET50_CBAM_5, RESNET50_CBAM_20)
)

EXPERIMENT = Experiment(
    name="cnn_resnet_attention",
    paper="001",
    title="CNNs, transfer learning and attention mechanisms",
    recipes=(
        BASELINE_CNN,
        RESNET50,
        ATTENTION_CNN,
        RESNET50_CBAM_5,
        RESNET50_CBAM_20,
        ATTENTION_CNN_SOFTMAX,
        RESNET50_TORCHVISION,
        CBAM_5_TORCHVISION,
        CBAM_20_TORCHVISION,
    ),
)
