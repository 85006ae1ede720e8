"""What attention is worth: the parts that papers 001 and 003 add, one at a time, on one small backbone.

    python -m experiments.attention [--only attention_mhsa] --data PATH --seeds 0 1 2

Same trunk, recipe, rows and seeds; only what stands between the last feature map and the classes differs. From scratch
at 48 px, so that a run takes minutes on two CPU cores. `reports/attention_worth.md` holds the paired tests.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.attention import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
