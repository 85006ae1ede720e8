"""The Haar cascade for frontal faces that OpenCV 4 brings along (Viola & Jones 2001).

OpenCV 5 moved the cascades to its contrib modules and ships none (opencv/opencv#25198).

What it misses, on faces of 48 pixels: of 500 Training rows of FER2013 drawn with seed 0 it finds a face in 389, from 70 %
of fear to 90 % of neutral. Of the 150 Training rows that most of FER+'s voters call no face it finds one in 15.

FER2013's frames were OpenCV's boxes (Goodfellow et al. 2013, §2), and the cascade's boxes are still those frames: over
389 Training rows their side has a median of .97 frames (5 to 95 %: .73 to 1.15) and their centre is the frame's to half a
pixel. So its framing changes nothing.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from fer_keras.detection.face import Face, Framing
from fer_keras.detection.opencv import BORDER, INSTALL, LONG_SIDE, SHORT_SIDE, opencv, search_framed
from fer_keras.io.errors import expected

CASCADE = "haarcascade_frontalface_default.xml"
SMALLEST = 1 / 6
"""The least side of a face, in shares of the image's short side, down to the cascade's own 24 pixels."""


class Haar:
    """The cascade as a Detector. Raises UserError without OpenCV, and with an OpenCV that lacks cascades."""

    name = CASCADE
    framing = Framing()

    def __init__(self):
        self._cv = opencv()
        self.version = f"OpenCV {self._cv.__version__}"
        self.settings = (BORDER, SHORT_SIDE, LONG_SIDE, SMALLEST)
        if not hasattr(self._cv, "CascadeClassifier"):
            then = f"Run: {INSTALL}; or choose another detector with --detector."
            raise expected("an OpenCV with Haar cascades (4.x)", f"OpenCV {self._cv.__version__}", then)
        self._cascade = self._cv.CascadeClassifier(str(Path(self._cv.__file__).parent / "data" / CASCADE))

    def find(self, image: np.ndarray | Image.Image) -> list[Face]:
        """Return the faces in uint8 [H, W, 3] (RGB), [H, W] or [H, W, 1] (grey), or an RGB picture, the largest first."""
        return search_framed(self._cv, np.asarray(image), self._search)

    def _search(self, image):
        grey = image if image.ndim == 2 else self._cv.cvtColor(image, self._cv.COLOR_RGB2GRAY)
        least = max(24, round(SMALLEST * min(grey.shape) / (1 + 2 * BORDER)))
        boxes = self._cascade.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=3, minSize=(least, least))
        return [Face(tuple(map(float, box)), 1.0) for box in boxes]
