"""Paper 004: ResNet50 + CNN for facial expressions on FER2013, beside a vanilla CNN and a CNN with residual blocks.

    python -m experiments.resnet50_cnn [--only vanilla_cnn] [--data PATH]

Adam 1e-4, 60 epochs, batch 32, weighted cross-entropy, 80/20 of all rows. Expect .857 for ResNet50 + CNN (Table 2,
reported; ours stand in reports/). Section numbers are the paper's.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.p004_resnet50_cnn import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
