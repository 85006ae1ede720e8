"""`python -m experiments`: every experiment with its paper, reported number and estimated time.

    python -m experiments --all-transfer --list
    python -m experiments --all-transfer --seeds 0 1 2 -- --data PATH

The first of these shows the rows that start from ImageNet weights and the hours of each, the second runs them all.
"""

import sys

from fer_keras.commands.many import main
from fer_keras.commands.train import list_experiments

if __name__ == "__main__":
    raise SystemExit(main() if sys.argv[1:] else list_experiments())
