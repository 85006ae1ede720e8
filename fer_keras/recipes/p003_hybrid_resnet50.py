"""Paper 003: "Pretrained Model Architecture and Workflow in Facial Emotion Recognition" (hybrid ResNet50 on FER2013).

    python -m experiments.hybrid_resnet50 [--data PATH]

Expect 58.87 % balanced accuracy (§6.1, reported; ours stands in reports/). As printed: 100 epochs of ResNet50 at 224x224,
hours on an accelerator, weeks on a CPU; the `cpu` profile declares what is cut. Section numbers below are the paper's.
"""

import dataclasses

from fer_keras.config.recipe import Experiment, Phase, Profile, Reported
from fer_keras.config.settings import Optimizer
from fer_keras.recipes.p003_hybrid import HYBRID

BASELINE_CNN = dataclasses.replace(
    HYBRID,
    name="hybrid_baseline_cnn",
    title="Baseline CNN of the comparison",
    model="hybrid_baseline_cnn",
    model_args={"image_size": 48},
    init="scratch",
    oversample={},
    class_augment={},
    phases=(Phase("train", 50, Optimizer("adam", 1e-3), section="§6.1"),),
    paper_minutes=30,
    reported=(
        Reported("balanced_accuracy", 0.4520, "§6.1"),
        Reported("macro_f1", 0.4380, "§6.1"),
        Reported("log_loss", 1.452, "§6.1"),
    ),
    assumed=(
        "Everything but its scores: three convolution blocks, Adam 1e-3, 50 epochs; the hybrid's class weights and §4.2.1's"
        " augmentation, but neither its threefold disgust nor that class's own augmentation (§4.2.2).",
    ),
    changed=(),
    architecture_printed=False,
    profiles={
        "cpu": Profile(minutes=20, note="two CPU cores: fewer epochs", epochs={"train": 20}, batch_size=64),
        "smoke": Profile(minutes=1, epochs={"train": 1}, rows=64),
    },
)

EFFICIENTNETB3 = dataclasses.replace(
    HYBRID,
    name="hybrid_efficientnetb3",
    title="The hybrid's head on EfficientNetB3",
    model="hybrid_efficientnetb3",
    phases=(
        HYBRID.phases[0],
        Phase("unfreeze-all", 50, HYBRID.phases[1].optimizer, "all", "frozen", section="§6.5"),
        HYBRID.phases[4],
    ),
    reported=(),
    assumed=(
        *HYBRID.assumed,
        "§6.5 gives no number; ResNet50's indices mean nothing here, so all layers unfreeze at once.",
    ),
    profiles={
        "cpu": Profile(
            minutes=10,
            note="two CPU cores: native 48 px, few epochs on 12,000 images, larger rates, a third of the distortion",
            image_size=48,
            epochs={"frozen": 1, "unfreeze-all": 2, "head": 1},
            learning_rates={"frozen": 1e-3, "unfreeze-all": 3e-4, "head": 1e-4},
            batch_size=64,
            rows=12_000,
            augment=HYBRID.profiles["cpu"].augment,
        ),
        "smoke": Profile(minutes=1, image_size=48, epochs={"frozen": 1, "unfreeze-all": 1, "head": 1}, rows=64),
    },
)

XCEPTION = dataclasses.replace(
    EFFICIENTNETB3,
    name="hybrid_xception",
    title="The hybrid's head on Xception",
    model="hybrid_xception",
    profiles={
        "cpu": dataclasses.replace(
            EFFICIENTNETB3.profiles["cpu"],
            minutes=15,
            note="two CPU cores: 71 px, the least it takes; as EfficientNetB3, an epoch less",
            image_size=71,
            epochs={"frozen": 1, "unfreeze-all": 1, "head": 1},
        ),
        "smoke": dataclasses.replace(EFFICIENTNETB3.profiles["smoke"], image_size=71),
    },
)

MOBILENETV3SMALL = dataclasses.replace(
    EFFICIENTNETB3,
    name="hybrid_mobilenetv3small",
    title="The hybrid's head on MobileNetV3Small",
    model="hybrid_mobilenetv3small",
)

GAN_DISGUST = dataclasses.replace(
    HYBRID,
    name="hybrid_gan_disgust",
    title="The hybrid with GAN-made disgust faces",
    generated={"disgust": 436},  # §4.2.2
    reported=(),
    assumed=(
        *HYBRID.assumed,
        "Of the GAN the paper says only that it made disgust samples: network, loss, number of faces and all else are ours"
        " (python -m fer_keras.gan: a DCGAN for 48x48, trained on the class's Training images).",
        "436 made faces, one for each real disgust image of Training, so that the class doubles; they enter an epoch three"
        " times and carry the class's weight like real ones.",
        '"During later iterations" is read as later versions of the system: they are there from the first epoch.',
        "The paper gives no score with and without them; §6.1's may include them, and are listed under the hybrid.",
    ),
    changed=HYBRID.changed[:-1],
    profiles={
        "cpu": dataclasses.replace(HYBRID.profiles["cpu"], generated={"disgust": 182}),
        "smoke": dataclasses.replace(HYBRID.profiles["smoke"], generated={"disgust": 8}),
    },
)

UNWEIGHTED = dataclasses.replace(
    HYBRID,
    name="hybrid_unweighted",
    title="The hybrid without class weights",
    class_weights={},
    reported=(Reported("recall/disgust", 0.28, '§6.2: "improved from 28% via class weighting"'),),
    assumed=(
        *HYBRID.assumed,
        "Of the system before class weighting §6.2 says no more: all else as in the hybrid.",
    ),
)

EXPERIMENT = Experiment(
    name="hybrid_resnet50",
    paper="003",
    title="Hybrid ResNet50 with attention, transformer and class branches",
    recipes=(HYBRID, BASELINE_CNN, EFFICIENTNETB3, XCEPTION, MOBILENETV3SMALL, GAN_DISGUST, UNWEIGHTED),
)
