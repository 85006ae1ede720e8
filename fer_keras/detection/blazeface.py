"""BlazeFace, short range (Bazarevsky et al. 2019, arXiv:1907.05047), from MediaPipe's file in weights/, run by LiteRT.

The network sees 128 pixels, and faces of a fifth of that or more. So an image is searched at several sizes in windows
that overlap (`windows`), and what they find is merged (`merging`). How well that works, beside other detectors:
`python -m benchmarks.detectors`.
"""

import hashlib
import importlib.resources

import numpy as np

from fer_keras import litert
from fer_keras.detection.face import Face, Framing, largest_first
from fer_keras.detection.merging import merged
from fer_keras.detection.windows import BORDER, OVERLAP, Window, windows
from fer_keras.io.errors import expected

FILE = "face_detection_short_range.tflite"
SHA256 = "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
SIDE = 128
GRIDS = ((16, 2), (8, 6))
"""(cells along a side, anchors a cell) of the network's two outputs."""
LARGEST_LOGIT = 80.0
LEAST_SCORE = 0.6
LEAST_AGREEMENT = 0.99
"""Chosen on PublicTest faces in pictures, for few false alarms among many windows; MediaPipe's threshold is a score of 0.5."""
CUT = 0.04
"""A box that comes as near as this share of the window's side to a side within the image is of a face that is cut."""
LEVELS, FAST_LEVELS = 4, 3
FRAMING = Framing(scale=1.14, down=-0.10)
"""Medians over PublicTest faces in pictures: `python -m benchmarks.framing`."""


class BlazeFace:
    """The network as a Detector.

    Args:
        levels: sizes at which an image is searched; see `windows`. The last one tells the smallest face: with 4 it is
            some 6 % of the image's longer side, with 3 some 12 %.
        threads: that the network takes; None for the processors at hand.

    Raises UserError where LiteRT is not installed, and where the package's file is missing or damaged.
    """

    framing = FRAMING

    def __init__(self, levels: int = LEVELS, threads: int | None = None):
        self.name = f"BlazeFace {'fast ' if levels == FAST_LEVELS else ''}{SHA256[:12]}"
        self.version = litert.version()
        self.settings = (levels, BORDER, OVERLAP, LEAST_SCORE, LEAST_AGREEMENT, CUT)
        self._levels, self._anchors = levels, anchors()
        self._network = litert.open_network(_content(), f"BlazeFace's file {FILE}", threads)
        self._input = self._network.get_input_details()[0]["index"]
        self._boxes, self._scores = (detail["index"] for detail in self._network.get_output_details())

    def find(self, image: np.ndarray) -> list[Face]:
        """Return the faces in uint8 [H, W, 3] (RGB), [H, W] or [H, W, 1] (grey), the largest first."""
        found = [self._in_window(window) for window in windows(_in_colour(image), SIDE, self._levels)]
        boxes, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return largest_first(merged(boxes, scores, LEAST_AGREEMENT))

    def _in_window(self, window: Window):
        """Return (boxes [N, 4] in pixels of the image, scores [N])."""
        pixels = window.pixels.astype(np.float32) / 127.5 - 1
        self._network.set_tensor(self._input, pixels[np.newaxis])
        self._network.invoke()
        raw, logits = (self._network.get_tensor(index)[0] for index in (self._boxes, self._scores))
        boxes, scores = decoded(raw, logits, self._anchors)
        whole = _whole(boxes, window.inner)
        boxes, scores = boxes[whole], scores[whole]
        corner = np.array([window.left, window.top, 0, 0])
        return (boxes + corner) * (window.scale * 2), scores


def anchors() -> np.ndarray:
    """Return float32 [896, 2], the centres (x, y) of the anchors in shares of the window."""
    grids = []
    for cells, each in GRIDS:
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        x, y = np.meshgrid(centres, centres)
        grids.append(np.stack([x.ravel(), y.ravel()], axis=1).repeat(each, axis=0))
    return np.concatenate(grids)


def decoded(raw: np.ndarray, logits: np.ndarray, centres: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (boxes [N, 4] in pixels of the window, scores [N]) of the anchors that score LEAST_SCORE or more.

    Args:
        raw: float32 [896, 16]: centre from the anchor's and size of the box, in pixels, then six points of the face.
        logits: float32 [896, 1].
    """
    scores = 1 / (1 + np.exp(-np.clip(logits[:, 0], -LARGEST_LOGIT, LARGEST_LOGIT)))
    chosen = (scores >= LEAST_SCORE) & (raw[:, 2:4] > 0).all(axis=1)
    centre, size = raw[chosen, :2] + SIDE * centres[chosen], raw[chosen, 2:4]
    return np.concatenate([centre - size / 2, size], axis=1), scores[chosen]


def _whole(boxes, inner):
    """Return [N] booleans: the box keeps away from the window's sides that lie within the image."""
    distances = np.concatenate([boxes[:, :2], SIDE - boxes[:, :2] - boxes[:, 2:]], axis=1)
    return ((distances > CUT * SIDE) | ~np.array(inner)).all(axis=1)


def _in_colour(image):
    image = image[..., np.newaxis] if image.ndim == 2 else image
    return np.ascontiguousarray(np.broadcast_to(image, (*image.shape[:2], 3)))


def _content() -> bytes:
    try:
        content = importlib.resources.files("fer_keras.detection").joinpath("weights", FILE).read_bytes()
    except OSError as error:
        raise expected(f"the package's file {FILE}", "none", "Install fer-keras anew.") from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != SHA256:
        raise expected(f"the package's file {FILE} with sha256 {SHA256[:12]}", digest[:12], "Install fer-keras anew.")
    return content
