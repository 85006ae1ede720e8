"""Paper 001: "Enhancing Facial Emotion Recognition using CNNs, Transfer Learning, and Attention Mechanisms".

    python -m experiments.cnn_resnet_attention [--only baseline_cnn] [--data PATH]

Four systems, five rows (Table I and §IV). Expect 58.9 % for the baseline CNN and 67.4 % for ResNet-50 + CBAM (reported;
ours stand in reports/). Adam, cosine annealing with warm restarts, batch 32, 5 to 30 epochs. Section numbers are the
paper's.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.p001_cnn_resnet_attention import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
