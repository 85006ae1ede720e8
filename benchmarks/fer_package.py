"""The package fer, as its users call it, in an environment that has it; it answers lines on standard input.

    PYTHON benchmarks/fer_package.py FACES      answers each line "COUNT TIMES", see benchmarks/peers.py

The faces are given to `detect_emotions` as one picture with their boxes, so it searches none.
"""

import argparse
import functools
import sys

SIDE = 48


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", metavar="FACES", help=f"a file of the bytes of uint8 [N, {SIDE}, {SIDE}]")
    asked = parser.parse_args()
    import numpy as np
    from fer.fer import FER

    faces = np.fromfile(asked.faces, np.uint8).reshape(-1, SIDE, SIDE)
    detector = FER()

    @functools.cache
    def picture(count: int) -> tuple:
        """Return the first `count` faces in rows of up to 16, uint8 [height, width, 3], and their boxes."""
        boxes = [(SIDE * (place % 16), SIDE * (place // 16), SIDE, SIDE) for place in range(count)]
        pixels = np.zeros((boxes[-1][1] + SIDE, SIDE * min(count, 16), 3), np.uint8)
        for face, (x, y, _, _) in zip(faces, boxes, strict=False):
            pixels[y : y + SIDE, x : x + SIDE] = face[..., None]
        return pixels, boxes

    for line in sys.stdin:
        count, times = map(int, line.split())
        pixels, boxes = picture(count)
        print(sum(len(detector.detect_emotions(pixels, face_rectangles=boxes)) for _ in range(times)), flush=True)


if __name__ == "__main__":
    main()
