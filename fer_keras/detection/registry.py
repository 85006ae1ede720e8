"""The detectors to choose from, by name. A new one is a module and a line here."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from fer_keras.detection.face import Detector
from fer_keras.io.errors import expected

DEFAULT = "blazeface"
SUFFIX = ".onnx"


def _blazeface(file: Path | None, threads: int | None) -> Detector:
    from fer_keras.detection.blazeface import BlazeFace

    return BlazeFace(threads=threads)


def _blazeface_fast(file: Path | None, threads: int | None) -> Detector:
    from fer_keras.detection.blazeface import FAST_LEVELS, BlazeFace

    return BlazeFace(FAST_LEVELS, threads)


def _haar(file: Path | None, threads: int | None) -> Detector:
    from fer_keras.detection.haar import Haar

    return Haar()


def _yunet(file: Path | None, threads: int | None) -> Detector:
    from fer_keras.detection.yunet import WHAT, YuNet

    if file is None:
        raise expected(f"{WHAT} for this detector", "no file", "Give its path with --detector, or choose another one.")
    return YuNet(file)


@dataclasses.dataclass(frozen=True)
class Entry:
    """`build` makes the detector, of the user's file of weights and a number of threads; names begin with `recorded`."""

    build: Callable[[Path | None, int | None], Detector]
    recorded: str


DETECTORS = {
    "blazeface": Entry(_blazeface, "BlazeFace "),
    "blazeface-fast": Entry(_blazeface_fast, "BlazeFace fast "),
    "haar": Entry(_haar, "haarcascade_frontalface_default.xml"),
    "yunet": Entry(_yunet, "YuNet "),
}


def open_detector(name_or_file: str | Path | None = None, threads: int | None = None) -> Detector:
    """Return the detector called so, here or in a record; or YuNet from its ONNX file; None gives the default one.

    Args:
        threads: that BlazeFace takes, None for the processors at hand; OpenCV's detectors choose by themselves.

    Raises UserError for an unknown name, for a file that holds no such network, and where the library that runs the
    detector is not installed.
    """
    given = str(name_or_file or DEFAULT)
    if given.lower().endswith(SUFFIX):
        return DETECTORS["yunet"].build(Path(given), threads)
    name = given if given in DETECTORS else name_of(given)
    if name is None:
        raise expected(f"a detector ({', '.join(DETECTORS)}) or YuNet's ONNX file (*{SUFFIX})", given)
    return DETECTORS[name].build(None, threads)


def name_of(recorded: str) -> str | None:
    """Return the name, here, of the detector that a record calls `recorded`; None where it is none of these."""
    fitting = [name for name, entry in DETECTORS.items() if recorded.startswith(entry.recorded)]
    return max(fitting, key=lambda name: len(DETECTORS[name].recorded), default=None)
