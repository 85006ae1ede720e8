"""A small network that learns from several others: teachers of different kinds, and the students that they teach.

    python -m experiments.ensemble --only faces_votes --data PATH
    python -m experiments.ensemble --only faces12_distilled --data PATH --teachers RUN RUN RUN RUN
    python -m experiments.ensemble --only compact_reduced --data PATH --teachers RUN RUN

No paper's; so it has no number to hold. Written for an accelerator (KERAS_BACKEND=jax), but for compact_reduced, whose few
epochs two processor cores train in half an hour.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.ensemble import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
