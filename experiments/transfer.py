"""Each paper's idea on one backbone from real ImageNet weights, one budget for all: what holds of it?

    python -m experiments.transfer [--only transfer_cbam] --data PATH --seeds 0 1 2
    python -m experiments --all-transfer --seeds 0 1 2 -- --data PATH

EfficientNet-Lite0 at 96 px, six epochs of 28,709 faces, AdamW in one cycle: the same for every row but for what its paper
claims. About half an hour a run on two CPU cores with bfloat16, 22 hours for all with three seeds. `reports/transfer.md`
holds each claim beside the paired difference.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.transfer import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
