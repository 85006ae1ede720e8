"""Face detectors on pictures whose faces are known: what they find, what they imagine, how long they take.

    python -m benchmarks.detectors --data PATH [--faces 25] [--detectors blazeface haar]

Needs scikit-image, whose pictures are the grounds (extra `benchmarks`); haar needs OpenCV 4 (extra `faces`).
"""

import argparse
import collections
import dataclasses
import statistics
import time

from benchmarks import scenes
from benchmarks.common import Target, publish
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.detection import DETECTORS, open_detector

GROUPS = {
    "small": ("32 px", "48 px", "64 px"),
    "larger": ("96 px", "128 px", "192 px", "256 px", "384 px"),
    "turned": tuple(f"turned {turn}°" for turn in scenes.TURNS),
    "lights": scenes.LIGHTS,
    "frame alone": ("frame alone",),
}
SEED = 2026
"""Of the faces and pictures. Nothing was chosen on them: BlazeFace's thresholds were on others (`benchmarks.thresholds`)."""
FRAME_OF_ASTRONAUT = (170.0, 60.0, 115.0, 115.0)


@dataclasses.dataclass
class Outcome:
    """Of one detector: faces found and shown by group, false alarms, and processor time a picture in ms."""

    found: collections.Counter
    shown: collections.Counter
    alarms: int
    alarms_in_empty: int
    empty: int
    astronaut: bool
    milliseconds: float

    def recall(self, groups: tuple[str, ...]) -> float:
        """Return the share of the faces of `groups` that were found, in percent."""
        return 100 * sum(self.found[group] for group in groups) / sum(self.shown[group] for group in groups)


def measure(detector, faces, seed: int = SEED) -> Outcome:
    """Return how `detector` does on pictures of `faces`, uint8 [N, 48, 48], drawn with `seed`."""
    found, shown, alarms, times = collections.Counter(), collections.Counter(), 0, []
    for scene in scenes.scenes(faces, seed):
        began = time.process_time()
        boxes = [face.box for face in detector.find(scene.pixels)]
        if scene.group != "frame alone":
            times.append(time.process_time() - began)
        right = [scenes.matches(box, scene.frame) for box in boxes]
        shown[scene.group] += 1
        found[scene.group] += any(right)
        alarms += right.count(False)
    empty = [len(detector.find(pixels)) for pixels in scenes.empty()]
    astronaut = any(scenes.matches(face.box, FRAME_OF_ASTRONAUT) for face in detector.find(scenes.astronaut()))
    return Outcome(found, shown, alarms, sum(empty), len(empty), astronaut, 1000 * statistics.median(times))


@entry_point
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, metavar="PATH", help="fer2013.csv; its PublicTest faces are pasted")
    parser.add_argument(
        "--faces", type=int, default=25, help="how many, each at every size, turn and light (default 25)"
    )
    parser.add_argument(
        "--detectors", nargs="+", default=["blazeface", "blazeface-fast", "haar"], help=", ".join(DETECTORS)
    )
    asked = parser.parse_args()
    return run_command(lambda: _measure_all(asked), stopped="Stopped. Nothing was written.")


def _measure_all(asked) -> None:
    faces, _ = scenes.public_faces(asked.data, asked.faces, SEED)
    outcomes = {}
    for name in asked.detectors:
        outcomes[name] = measure(open_detector(name), faces)
        print(_row(name, outcomes[name]), flush=True)
    columns = ("detector", *GROUPS, "astronaut", "false alarms beside faces", "in pictures without", "ms a picture")
    publish(
        "detectors",
        "Face detectors",
        _note(len(faces)),
        columns,
        [_row(*item) for item in outcomes.items()],
        _targets(outcomes),
    )


def _row(name: str, outcome: Outcome) -> tuple:
    recalls = (f"{outcome.recall(groups):.0f} %" for groups in GROUPS.values())
    pictures = sum(outcome.shown.values())
    return (
        name,
        *recalls,
        "found" if outcome.astronaut else "missed",
        f"{outcome.alarms} in {pictures}",
        f"{outcome.alarms_in_empty} in {outcome.empty}",
        f"{outcome.milliseconds:.0f}",
    )


def _note(faces: int) -> str:
    return (
        f"Share found of {faces} PublicTest faces pasted at 32 to 384 px into pictures of 640x480 (small: up to 64 px; turned"
        " and in bad light: 96 px), and of FER2013's frames alone. Found: centres within 0.3 frames of each other, sides within"
        " a factor of 2. Milliseconds are of processor time, the median. Nothing was chosen on these pictures."
    )


def _targets(outcomes: dict[str, Outcome]) -> list[Target]:
    if not {"blazeface", "haar"} <= outcomes.keys():
        return []
    ours, theirs = outcomes["blazeface"], outcomes["haar"]
    recalls = [outcome.recall(tuple(outcome.shown)) for outcome in (ours, theirs)]
    alarms = [(outcome.alarms + outcome.alarms_in_empty) for outcome in (ours, theirs)]
    return [
        Target("faces found by BlazeFace, in times Haar's", 1, recalls[0] / recalls[1]),
        Target("false alarms of BlazeFace, in times Haar's", 1, alarms[0] / max(1, alarms[1]), at_most=True),
    ]


if __name__ == "__main__":
    raise SystemExit(main())
