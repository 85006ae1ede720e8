"""`python -m experiments`: every experiment with its paper, reported number and estimated time."""

from fer_keras.cli import list_experiments

raise SystemExit(list_experiments())
