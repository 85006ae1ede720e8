"""What leakage buys: one small CNN under honest and leaky protocols. The network is 001's baseline, without augmentation.

    python -m experiments.leakage --data PATH --protocol official
    python -m experiments.leakage --data PATH --protocol grouped
    python -m experiments.leakage --data PATH --protocol leaky-duplicates
    python -m experiments.leakage --data PATH --protocol leaky-oversample --epochs 5

Five epochs of the rows repeated until the classes are equal are about as many steps as eight of the others. From scratch
at 48 px, minutes on two CPU cores. `reports/leaky.md` holds the accuracies beside paper 004's 85.7 %.
"""

from fer_keras.config.recipe import Experiment, Phase, Profile, Recipe
from fer_keras.config.settings import Optimizer

LEAKAGE_CNN = Recipe(
    name="leakage_cnn",
    title="Three Conv-ReLU-MaxPool blocks, two dense layers, no augmentation",
    model="cnn001",
    model_args={"image_size": 48},
    batch_size=64,
    phases=(Phase("train", 8, Optimizer("adam", 1e-3)),),
    keep="best",
    monitor="accuracy",
    paper_minutes=8,
    assumed=(
        "All of it: this comparison is from no paper. No augmentation, so that a small CNN can memorise its training images.",
    ),
    profiles={"smoke": Profile(minutes=1, epochs={"train": 1}, rows=64)},
)

EXPERIMENT = Experiment(
    name="leakage",
    paper="the suite's own",
    title="One CNN under four divisions of the data",
    recipes=(LEAKAGE_CNN,),
)
