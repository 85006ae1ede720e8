"""The detectors to choose from, by name. A new one is a module and a line here."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

from fer_keras.detection.face import Detector
from fer_keras.io.errors import expected

DEFAULT = "haar"
SUFFIX = ".onnx"


def _haar(file: Path | None) -> Detector:
    from fer_keras.detection.haar import Haar

    return Haar()


def _yunet(file: Path | None) -> Detector:
    from fer_keras.detection.yunet import WHAT, YuNet

    if file is None:
        raise expected(f"{WHAT} for the detector yunet", "its name alone", "Give the file's path.")
    return YuNet(file)


@dataclasses.dataclass(frozen=True)
class Entry:
    """`build` makes the detector, from a file of weights where the user gave one; records' names begin with `recorded`."""

    build: Callable[[Path | None], Detector]
    recorded: str


DETECTORS = {
    "haar": Entry(_haar, "haarcascade_frontalface_default.xml"),
    "yunet": Entry(_yunet, "YuNet "),
}


def open_detector(name_or_file: str | Path | None = None) -> Detector:
    """Return the detector called so, here or in a record; or YuNet from its ONNX file; None gives the default one.

    Raises UserError for an unknown name, for a file that holds no such network, and where the library that runs the
    detector is not installed.
    """
    given = str(name_or_file or DEFAULT)
    if given.lower().endswith(SUFFIX):
        return DETECTORS["yunet"].build(Path(given))
    for name, entry in DETECTORS.items():
        if given == name or given.startswith(entry.recorded):
            return entry.build(None)
    raise expected(f"a detector ({', '.join(DETECTORS)}) or YuNet's ONNX file (*{SUFFIX})", given)
