"""Parts of a level that are looked at once more: around faces of which the network is not sure."""

from fer_keras.detection.face import Box

AROUND = 2
"""A window's least side, in longer sides of the face."""
CELL = 16
"""Windows begin at whole multiples of the network's coarsest cell: a face lies in the same cells as before."""

Window = tuple[int, int, int, int]
"""Left, top, width, height in pixels of the level."""


def windows(faces: list[Box], height: int, width: int, side: int) -> list[tuple[Window, Box | None]]:
    """Return (window, the face to look at in it) for `faces` in a level of `height` and `width`.

    A window is a square around one face, of `side` pixels or twice or four times as many, where the level has as many.
    Where the windows together have the level's area, one of all its pixels does instead, for whatever is there: None.
    """
    found = [(_around(face, height, width, side), face) for face in faces]
    if sum(w * h for (_, _, w, h), _ in found) >= height * width:
        return [((0, 0, width, height), None)]
    return found


def _around(face: Box, height: int, width: int, side: int) -> Window:
    left, top, w, h = face
    while side < AROUND * max(w, h):
        side *= 2
    across, down = min(side, width), min(side, height)
    return _start(left + w / 2, across, width), _start(top + h / 2, down, height), across, down


def _start(middle: float, length: int, whole: int) -> int:
    """Return where `length` of `whole` pixels begin, whose middle is near `middle`."""
    return min(max(0, CELL * round((middle - length / 2) / CELL)), whole - length)
