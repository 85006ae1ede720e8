"""How FER2013 would frame the faces that a detector finds, and what a wrong margin costs.

    python -m benchmarks.framing --data PATH [--detector blazeface] [--faces 50]
    python -m benchmarks.framing --data PATH --model RUN [--faces 500]

PublicTest faces are pasted upright into pictures and found again: medians of FER2013's frame in sides of the detector's box
are its `Framing`. With --model, the accuracy on the crops at several margins stands beside that on the frames themselves;
faces that are not found count for none of them. Needs scikit-image (extra `benchmarks`).
"""

import argparse
import pathlib
import statistics

import numpy as np

from benchmarks import scenes
from benchmarks.common import Target, publish
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.detection import DETECTORS, open_detector

SIZES = (48, 96, 160, 320)
MARGINS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4)


@entry_point
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, metavar="PATH", help="fer2013.csv; only PublicTest is read")
    parser.add_argument("--detector", default="blazeface", help=", ".join(DETECTORS))
    parser.add_argument("--faces", type=int, default=50, help="how many PublicTest faces (default 50)")
    parser.add_argument("--model", metavar="RUN", help="a run or a model's file, to measure accuracy with")
    asked = parser.parse_args()
    return run_command(lambda: _measure(asked), stopped="Stopped. Nothing was written.")


def _measure(asked) -> None:
    detector = open_detector(asked.detector)
    faces, labels = scenes.public_faces(asked.data, asked.faces, seed=5)
    found = [(place, scene, box) for place, scene, box in _found(detector, faces)]
    scale, right, down = _medians([scene.frame for _, scene, _ in found], [box for _, _, box in found])
    rows = [
        ("frame's side, in sides of the box", f"{scale:.3f}"),
        ("to the right", f"{right:.3f}"),
        ("down", f"{down:.3f}"),
    ]
    rows += _accuracies(asked.model, detector, found, faces, labels) if asked.model else []
    note = (
        f"{detector.name}: {len(found)} found of {len(SIZES) * len(faces)} pictures with a PublicTest face of"
        f" {', '.join(map(str, SIZES))} px; medians. With a model: accuracy on the faces found, cut out with a margin (in"
        " frames, on each side) about the frame that the detector's framing says."
    )
    note += f" Model: {pathlib.Path(asked.model).name}." if asked.model else ""
    off = abs(scale / detector.framing.scale - 1)
    targets = [Target("framing's scale is the median, relative difference", 0.05, off, at_most=True)]
    publish("framing", "Framing of found faces", note, ("", asked.detector), rows, targets)


def _found(detector, faces):
    """Yield (place of the face, scene, box) of the faces found."""
    pictures = scenes.backgrounds()
    for number, size in enumerate(SIZES):
        rng = np.random.default_rng((5, number))
        for place, face in enumerate(faces):
            scene = scenes.pasted(f"{size} px", face, scenes.ground(pictures, rng), size, 0, "", rng)
            boxes = [one.box for one in detector.find(scene.pixels) if scenes.matches(one.box, scene.frame)]
            if boxes:
                yield place, scene, boxes[0]


def _medians(frames, boxes) -> tuple[float, float, float]:
    rows = []
    for (left, top, side, _), (x, y, width, height) in zip(frames, boxes, strict=True):
        longer = max(width, height)
        across, down = left + side / 2 - x - width / 2, top + side / 2 - y - height / 2
        rows.append((side / longer, across / longer, down / longer))
    return tuple(statistics.median(column) for column in zip(*rows, strict=True))


def _accuracies(model, detector, found, faces, labels):
    """Return rows of the accuracy of `model` on the frames themselves, then on crops by margin."""
    import fer_keras
    from fer_keras.data.crop import cut

    classifier = fer_keras.load_model(model, detect=False)
    truth = [classifier.class_names[labels[place]] for place, _, _ in found]

    def accuracy(crops):
        predicted = classifier.predict(list(crops))
        right = sum(one.emotion == name for one, name in zip(predicted, truth, strict=True))
        return f"{100 * right / len(truth):.1f} %"

    rows = [("accuracy on FER2013's frames", accuracy(faces[place] for place, _, _ in found))]
    rows.append(("on the pasted frames, cut out exactly", accuracy(cut(s.pixels, 48, s.frame) for _, s, _ in found)))
    for margin in MARGINS:
        crops = (cut(scene.pixels, 48, detector.framing.frame(box), margin) for _, scene, box in found)
        rows.append((f"on crops with margin {margin:g}", accuracy(crops)))
    bare = (cut(scene.pixels, 48, box) for _, scene, box in found)
    return [*rows, ("on the detector's bare boxes", accuracy(bare))]


if __name__ == "__main__":
    raise SystemExit(main())
