"""A starting point of the suite's own, for machines that cannot fetch ImageNet weights. Not from any paper.

    python -m experiments.pretrain_backbone [--only pretrain_resnet50] [--data PATH] [--soft-labels]
    python -m experiments.hybrid_resnet50 --init runs/pretrain_resnet50-cpu-seed0/model.keras

Trains a backbone with a linear head, from scratch, resumable, on the training rows of the papers that use it: a start that
has seen a run's test rows is refused there. The report of a run that starts from it names it as the init. `--soft-labels`
trains on FER+ votes. Expect 50 % on PublicTest from ResNet50's `cpu` profile (48 px, four epochs), about an hour on two CPU
cores; see reports/.
"""

import dataclasses

from fer_keras.config.recipe import Data, Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import Augment, Cosine, Optimizer

RESNET50 = Recipe(
    name="pretrain_resnet50",
    title="ResNet50 with a linear head, from scratch",
    model="backbone_classifier",
    model_args={"backbone": "resnet50", "image_size": 96},
    init="scratch",
    augment=Augment(
        rotation_range=12.0,
        zoom_range=0.1,
        width_shift_range=0.08,
        height_shift_range=0.08,
        horizontal_flip=True,
        fill_mode="constant",
    ),
    label_smoothing=0.05,
    batch_size=64,
    phases=(Phase("supervised", 40, Optimizer("adamw", 1e-3, Cosine(warmup_epochs=0.5), weight_decay=0.02)),),
    keep="best",
    monitor="accuracy",
    paper_minutes=30,
    assumed=("Everything: this recipe is the suite's own.",),
    profiles={
        "cpu": Profile(
            minutes=60,
            note="native 48 px, few epochs",
            image_size=48,
            epochs={"supervised": 4},
        ),
        "demo": Profile(
            minutes=1.5,
            note="drawn faces, one epoch in small steps at a large rate; batch norm's statistics follow within ten of them",
            image_size=48,
            epochs={"supervised": 1},
            learning_rates={"supervised": 2e-3},
            batch_size=24,
            augment=Augment(horizontal_flip=True),
            model_args={"momentum": 0.9},
        ),
        "smoke": Profile(minutes=1, image_size=48, epochs={"supervised": 1}, rows=128),
    },
)


def _cpu_epochs(epochs: int, minutes: float) -> dict[str, Profile]:
    cpu = dataclasses.replace(RESNET50.profiles["cpu"], epochs={"supervised": epochs}, minutes=minutes)
    return {"cpu": cpu, "smoke": RESNET50.profiles["smoke"]}


RESNET50_POOLED = dataclasses.replace(
    RESNET50,
    name="pretrain_resnet50_pooled",
    title="ResNet50 with a linear head, from scratch, on 004's training images",
    data=Data("fer2013", split="pooled"),
    profiles=_cpu_epochs(2, minutes=12),
)

EFFICIENTNETB3 = dataclasses.replace(
    RESNET50,
    name="pretrain_efficientnetb3",
    title="EfficientNetB3 with a linear head, from scratch",
    model_args={"backbone": "efficientnetb3", "image_size": 96},
    profiles=_cpu_epochs(2, minutes=12),
)

XCEPTION = dataclasses.replace(
    RESNET50,
    name="pretrain_xception",
    title="Xception with a linear head, from scratch",
    model_args={"backbone": "xception", "image_size": 96},
    profiles={
        "cpu": Profile(
            minutes=12,
            note="71 px, the least it takes; few epochs",
            image_size=71,
            epochs={"supervised": 2},
            rows=12_000,
        ),
        "smoke": Profile(minutes=1, image_size=71, epochs={"supervised": 1}, rows=128),
    },
)

MOBILENETV3SMALL = dataclasses.replace(
    RESNET50,
    name="pretrain_mobilenetv3small",
    title="MobileNetV3Small with a linear head, from scratch",
    model_args={"backbone": "mobilenetv3small", "image_size": 96},
    profiles=_cpu_epochs(8, minutes=8),
)

RESNET18 = dataclasses.replace(
    RESNET50,
    name="pretrain_resnet18",
    title="ResNet-18 with a linear head, from scratch, on 002's training images",
    model_args={"backbone": "resnet18", "image_size": 96},
    data=Data("fer2013", split="carved"),
    profiles=_cpu_epochs(4, minutes=10),
)

RESNET34 = dataclasses.replace(
    RESNET50,
    name="pretrain_resnet34",
    title="ResNet-34 with a linear head, from scratch, on 000's training images",
    model_args={"backbone": "resnet34", "image_size": 96},
    data=Data("fer2013", split="merged"),
    profiles=_cpu_epochs(3, minutes=15),
)

EXPERIMENT = Experiment(
    name="pretrain_backbone",
    paper="the suite's own",
    title="A backbone pretrained on Training images, for --init",
    recipes=(RESNET50, EFFICIENTNETB3, XCEPTION, MOBILENETV3SMALL, RESNET18, RESNET34, RESNET50_POOLED),
)
