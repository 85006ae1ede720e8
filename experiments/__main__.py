"""`python -m experiments`: every experiment with its paper, reported number and estimated time."""

from fer_keras.commands.train import list_experiments

if __name__ == "__main__":
    raise SystemExit(list_experiments())
