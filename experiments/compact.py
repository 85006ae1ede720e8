"""The suite's compact network: the best single network that this suite trains from scratch in two hours on two CPU cores.

    python -m experiments.compact [--only compact_muon] [--data PATH]

No paper's; so it has no number to hold, and its row stands beside theirs. 28,709 faces at 48 px, selected on PublicTest.
What it takes from the papers: one cycle and a three-part head (002), label smoothing and erasing (000), moderate
distortion instead of 003's; in three rows squeeze-and-excitation (003). What it leaves: class weights and oversampling,
which cost accuracy, and the other kinds of attention, which `experiments.attention` measures. The default, `compact`, needs
FER2013 alone; `compact_votes` and `compact_muon` learn half, `compact_ferplus` all, from FER+'s votes, and need its file too.
"""

from fer_keras.commands.train import run_program
from fer_keras.recipes.compact import EXPERIMENT

if __name__ == "__main__":
    raise SystemExit(run_program(EXPERIMENT))
