"""What leakage buys: one small CNN under honest and leaky protocols. The network is 001's baseline, without augmentation.

    python -m experiments.leakage --data PATH --protocol official
    python -m experiments.leakage --data PATH --protocol grouped
    python -m experiments.leakage --data PATH --protocol leaky-duplicates
    python -m experiments.leakage --data PATH --protocol leaky-oversample --epochs 5

Five epochs of the rows repeated until the classes are equal are about as many steps as eight of the others. From scratch
at 48 px, minutes on two CPU cores. `reports/leaky.md` holds the accuracies beside paper 004's 85.7 %.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.leakage import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
