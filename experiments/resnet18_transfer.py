"""Paper 002: "Emotion Recognition from Static Facial Images using Transfer Learning and CNN Architectures".

    python -m experiments.resnet18_transfer [--only frozen_base] [--data PATH] [--drop dropped.csv] [--crop]
    python -m fer_keras.lr_find experiments.resnet18_transfer [--data PATH]     # where the printed rate comes from
    python -m fer_keras.clean --data PATH --faces votes --out .                 # writes dropped.csv

ResNet-18 from ImageNet with a three-layer head, SGD under OneCycle for 50 epochs. Expect 70 % on the test rows and 69.87 %
on the validation rows (reported; ours stand in reports/). Headings below are the paper's.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.p002_resnet18_transfer import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
