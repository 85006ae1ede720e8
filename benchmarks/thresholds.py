"""BlazeFace's thresholds: what it finds and imagines with the chosen ones, and with one of them lower or higher.

    python -m benchmarks.thresholds --data PATH [--faces 25]

Measured on pictures like those on which they were chosen (seed 0), and on those of `benchmarks.detectors`, on which nothing
was chosen. Needs scikit-image (extra `benchmarks`).
"""

import argparse
import math
import unittest.mock

from benchmarks import scenes
from benchmarks.common import publish
from benchmarks.detectors import SEED, Outcome, measure
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.detection import blazeface

CHOOSING_SEED = 0
TRIALS = {
    "LEAST_SCORE": (0.5, 0.55, 0.7, 0.8),
    "LEAST_AGREEMENT": (0.9, 0.97, 0.995, 0.999),
    "SURE": (0.99, 0.999, 0.99999),
}


@entry_point
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, metavar="PATH", help="fer2013.csv; its PublicTest faces are pasted")
    parser.add_argument("--faces", type=int, default=25, help="how many (default 25)")
    asked = parser.parse_args()
    return run_command(lambda: _measure_all(asked), stopped="Stopped. Nothing was written.")


def _measure_all(asked) -> None:
    chosen = {name: getattr(blazeface, name) for name in TRIALS}
    sets = [(scenes.public_faces(asked.data, asked.faces, seed)[0], seed) for seed in (CHOOSING_SEED, SEED)]
    rows = []
    for trial in [chosen, *({name: value} for name, values in TRIALS.items() for value in values)]:
        title = ", ".join(f"{name} {value:g}" for name, value in trial.items())
        alike, others = (_tried(trial, *faces) for faces in sets)
        rows.append((title, *_words(alike), *_words(others), f"{others.milliseconds:.0f}"))
        print(rows[-1], flush=True)
    columns = ("thresholds", "found", "false alarms", "found, on others", "false alarms, on others", "ms a picture")
    note = (
        f"Faces found, and false alarms: on pictures of {asked.faces} PublicTest faces like those that the thresholds of the"
        " first row were chosen on, and on others, those of benchmarks.detectors. Each further row has one threshold changed."
    )
    publish("thresholds", "Thresholds of BlazeFace", note, columns, rows, [])


def _tried(trial, faces, seed) -> Outcome:
    changed = dict(trial)
    if "LEAST_SCORE" in trial:
        changed["LEAST_LOGIT"] = math.log(trial["LEAST_SCORE"] / (1 - trial["LEAST_SCORE"]))
    with unittest.mock.patch.multiple(blazeface, **changed):
        return measure(blazeface.BlazeFace(), faces, seed)


def _words(outcome: Outcome) -> tuple[str, str]:
    alarms, pictures = outcome.alarms + outcome.alarms_in_empty, sum(outcome.shown.values()) + outcome.empty
    recall = outcome.recall(tuple(outcome.shown))
    return f"{recall:.1f} %", f"{alarms} in {pictures}"


if __name__ == "__main__":
    raise SystemExit(main())
