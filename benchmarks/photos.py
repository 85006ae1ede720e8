"""A hundred photos of 1600x1200 pixels from their files to their lines, by `fer-keras predict`.

    python -m benchmarks.photos [--rounds 5] [--detectors blazeface blazeface-fast] [--beside CHECKOUT]

Each photo is one of scikit-image's pictures, enlarged, with noise, and the face of its portrait pasted in at 8 to 32 %
of the width. Every turn is a fresh process; its start is that of one 48x48 face without a search. Needs scikit-image
(extra `benchmarks`). `--beside` measures an earlier checkout of the suite in the same turns.
"""

import argparse
import csv
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image

from benchmarks import scenes
from benchmarks.common import Target, publish
from fer_keras.commands.ending import entry_point, run_command
from fer_keras.detection import DETECTORS

ROOT = pathlib.Path(__file__).parents[1]
COUNT, WIDTH, HEIGHT = 100, 1600, 1200
SIDES = (128, 192, 256, 384, 512)
"""Of the face, framed as FER2013 would frame it."""
PORTRAIT, FACE = (100, 0, 356, 256), (70, 60, 115)
"""The part of the portrait that is pasted, (left, top, right, bottom), and the face in it, (left, top, side)."""
NOISE, QUALITY = 4, 90
MOST_SECONDS = 3.0


@entry_point
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="times that each has its turn (default 5)")
    parser.add_argument("--detectors", nargs="+", default=["blazeface", "blazeface-fast"], help=", ".join(DETECTORS))
    parser.add_argument("--beside", type=pathlib.Path, metavar="CHECKOUT", help="an earlier checkout, default detector")
    asked = parser.parse_args()
    return run_command(lambda: _measure(asked), stopped="Stopped. Nothing was written.")


def _measure(asked) -> None:
    cases = {name: (ROOT, name) for name in asked.detectors}
    if asked.beside:
        cases[f"{asked.detectors[0]}, commit {_commit(asked.beside)}"] = (asked.beside.resolve(), asked.detectors[0])
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        frames = write_photos(folder / "photos")
        size = sum(path.stat().st_size for path in (folder / "photos").iterdir()) / COUNT
        Image.fromarray(np.random.default_rng(0).integers(0, 256, (48, 48), dtype=np.uint8)).save(folder / "face.png")
        turns = {title: [] for title in cases}
        for _ in range(asked.rounds):
            for title, case in cases.items():
                turns[title].append(_turn(*case, folder, folder / f"{title}.csv"))
        found = {title: _found(folder / f"{title}.csv", frames) for title in cases}
    rows = [_row(title, turns[title], found[title]) for title in cases]
    columns = (
        "detector",
        f"{COUNT} photos, s",
        "start, s",
        "photos/s",
        "whose face is found",
        "other faces",
        "memory, MB",
    )
    note = (
        f"JPEG files of {WIDTH}x{HEIGHT} pixels and {size / 1e3:.0f} kB on average, a face in each; medians, in brackets the"
        f" least and the most of {asked.rounds} turns. The seconds are those after the start; the memory is the process's"
        " largest."
    )
    seconds = {title: statistics.median(whole - start for whole, start, _ in turns[title]) for title in cases}
    publish("photos", "Photos", note, columns, rows, [_target(asked, seconds)])


def _target(asked, seconds) -> Target:
    (first, own), *_ = turns = list(seconds.items())
    last, earlier = turns[-1]
    times = f"the machine: {last}, takes {earlier:.1f} s in the same turns, {earlier / own:.1f} times as long"
    what = f"seconds for {COUNT} photos of {WIDTH}x{HEIGHT}, {first}"
    return Target(what, MOST_SECONDS, own, at_most=True, why=times if asked.beside else "")


def write_photos(folder: pathlib.Path, count: int = COUNT) -> list[scenes.Frame]:
    """Write `count` JPEG files, named so that they are in order; return where FER2013 would frame the face of each."""
    folder.mkdir()
    rng, grounds = np.random.default_rng(0), scenes.backgrounds()
    head = Image.fromarray(scenes.astronaut()).crop(PORTRAIT)
    frames = []
    for number in range(count):
        side = SIDES[number % len(SIDES)]
        scale = side / FACE[2]
        picture = head.resize((round(head.width * scale),) * 2, Image.Resampling.BICUBIC)
        photo = scenes.ground(grounds, rng, WIDTH, HEIGHT)
        left, top = (int(rng.integers(all_ - picture.width + 1)) for all_ in photo.size)
        photo.paste(picture, (left, top), scenes.soft_edges(picture.width))
        pixels = np.asarray(photo) + rng.normal(0, NOISE, (HEIGHT, WIDTH, 3))
        path = folder / f"{number:03}.jpg"
        Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=QUALITY)
        frames.append((left + FACE[0] * scale, top + FACE[1] * scale, float(side), float(side)))
    return frames


def _turn(root, detector, folder, out) -> tuple[float, float, float]:
    """Return seconds of the photos and of a start, and the largest memory in MB; the lines go to `out`."""
    words = ("--detector", detector, "--format", "csv", "--out", str(out))
    seconds, memory = _run(root, *words, str(folder / "photos"))
    start, _ = _run(root, "--no-detect", str(folder / "face.png"))
    return seconds, start, memory


def _run(root, *words) -> tuple[float, float]:
    command = [sys.executable, "-m", "fer_keras", "predict", *words]
    began = time.perf_counter()
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, **silent)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"Expected exit code 0. Received: {os.waitstatus_to_exitcode(status)} ({' '.join(command)})")
    return time.perf_counter() - began, used.ru_maxrss / 1e3


def _found(path, frames) -> tuple[int, int]:
    """Return how many photos have a box about their face, and how many other boxes there are."""
    right, others = set(), 0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if not row["left"]:
                continue
            number = int(pathlib.Path(row["file"]).stem)
            box = tuple(float(row[name]) for name in ("left", "top", "width", "height"))
            if scenes.matches(box, frames[number]):
                right.add(number)
            else:
                others += 1
    return len(right), others


def _row(title, turns, found) -> tuple:
    seconds = sorted(whole - start for whole, start, _ in turns)
    middle = statistics.median(seconds)
    return (
        title,
        f"{middle:.2f} ({seconds[0]:.2f} to {seconds[-1]:.2f})",
        f"{statistics.median(start for _, start, _ in turns):.2f}",
        f"{COUNT / middle:.0f}",
        f"{found[0]} of {COUNT}",
        f"{found[1]}",
        f"{max(memory for *_, memory in turns):.0f}",
    )


def _commit(checkout) -> str:
    words = ["git", "-C", str(checkout), "rev-parse", "--short=7", "HEAD"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
