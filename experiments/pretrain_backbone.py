"""A starting point of the suite's own, for machines that cannot fetch ImageNet weights. Not from any paper.

    python -m experiments.pretrain_backbone [--only pretrain_resnet50] [--data PATH] [--soft-labels]
    python -m experiments.hybrid_resnet50 --init runs/pretrain_resnet50-cpu-seed0/model.keras

Trains a backbone with a linear head, from scratch, resumable, on the training rows of the papers that use it: a start that
has seen a run's test rows is refused there. The report of a run that starts from it names it as the init. `--soft-labels`
trains on FER+ votes. Expect 50 % on PublicTest from ResNet50's `cpu` profile (48 px, four epochs), about an hour on two CPU
cores; see reports/.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.pretrain_backbone import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
