"""Explanations as a picture: the face, and each map over it with what its check says. Pillow alone."""

import functools
import itertools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fer_keras.explain.explanation import Explanation
from fer_keras.explain.maps import enlarged

PANEL, MARGIN, LINE, ACROSS = 220, 12, 17, 4
"""Pixels: side of a panel, space around it, height of a line of text; panels in a row."""
LINES = 4
"""Lines of text below a panel, at most."""
INK, GOOD, BAD, PAPER = "#222222", "#00694c", "#b03000", "white"
COLOURS = np.array(
    [(0, 0, 4), (66, 10, 104), (147, 38, 103), (221, 81, 58), (252, 165, 10), (252, 255, 164)], np.float64
)
"""Six steps of Matplotlib's colour map "inferno": dark where a map is zero, light where it is greatest."""
COVER = 0.6
"""How much of the face the colours cover."""


def picture(explanations: list[Explanation]) -> Image.Image:
    """Return the explanations one below the other, RGB."""
    blocks = [_block(each) for each in explanations]
    size = (max(block.width for block in blocks), sum(block.height for block in blocks))
    sheet, top = Image.new("RGB", size, PAPER), 0
    for block in blocks:
        sheet.paste(block, (0, top))
        top += block.height
    return sheet


def overlaid(face: np.ndarray, values: np.ndarray, side: int) -> Image.Image:
    """Return the face uint8 [h, w, C] under the map float [n, m] in colours, RGB, `side` x `side` pixels."""
    below = np.asarray(shown(face, side).convert("L").convert("RGB"), np.float64)
    large = enlarged(values, side)
    level = np.clip(large / large.max() if large.max() > 0 else large, 0, 1)
    steps = np.linspace(0, 1, len(COLOURS))
    colours = np.stack([np.interp(level, steps, COLOURS[:, channel]) for channel in range(3)], axis=-1)
    return Image.fromarray(np.round((1 - COVER) * below + COVER * colours).astype(np.uint8))


def shown(face: np.ndarray, side: int) -> Image.Image:
    """Return the face uint8 [h, w, 1 or 3] enlarged, RGB."""
    pixels = np.broadcast_to(face, (*face.shape[:2], 3))
    return Image.fromarray(np.ascontiguousarray(pixels)).resize((side, side), Image.Resampling.BICUBIC)


def _block(explanation: Explanation) -> Image.Image:
    panels = [_face(explanation), *_maps(explanation), *_channels(explanation)]
    across = min(ACROSS, len(panels))
    width, height = PANEL + 2 * MARGIN, PANEL + 2 * MARGIN + (LINES + 1) * LINE
    notes = len(explanation.notes) * LINE
    block = Image.new("RGB", (across * width, -(-len(panels) // across) * height + notes), PAPER)
    draw = ImageDraw.Draw(block)
    for number, (title, image, lines) in enumerate(panels):
        left, top = number % across * width + MARGIN, number // across * height + MARGIN
        _write(draw, (left, top), _fitting(title), INK)
        block.paste(image, (left, top + LINE))
        for below, (text, colour) in enumerate(lines[:LINES]):
            _write(draw, (left, top + LINE + PANEL + 4 + below * LINE), _fitting(text), colour)
    for number, note in enumerate(explanation.notes):
        _write(draw, (MARGIN, block.height - notes + number * LINE - 4), note, INK)
    return block


def _face(explanation):
    said = explanation.probabilities
    lines = [(f"predicted {explanation.predicted} {said[explanation.predicted]:.2f}", INK)]
    if explanation.true:
        lines.append((f"true class {explanation.true} {said[explanation.true]:.2f}", INK))
    return "the face, as the network gets it", shown(explanation.face, PANEL), lines


def _maps(explanation):
    """Yield a panel for each map: an attention map, checked for two classes, has one with both verdicts."""
    for _, group in itertools.groupby(explanation.maps, lambda checked: id(checked.map)):
        group = list(group)
        of = group[0].map
        lines = [line for checked in group for line in _verdict(checked)]
        yield of.name, overlaid(explanation.face, of.values, PANEL), lines


def _verdict(checked):
    check = checked.deletion
    numbers = f"{checked.target}: {check.score:.2f} to {check.left:.2f}, chance {check.chance:.2f}"
    if check.beats_chance:
        return [(numbers, INK), (f"hides what counts (p {check.p:.3f})", GOOD)]
    return [(numbers, INK), (f"NO BETTER THAN CHANCE (p {check.p:.3f})", BAD)]


def _channels(explanation):
    """Yield a panel of bars for each layer of channel attention: its weights from the greatest down, axis from 0 to 1."""
    for name, weights in explanation.channels.items():
        image = Image.new("RGB", (PANEL, PANEL), "#eeeeee")
        draw = ImageDraw.Draw(image)
        bars = np.sort(weights)[::-1]
        for column in range(PANEL):
            weight = float(bars[column * len(bars) // PANEL])
            draw.line((column, PANEL - 1, column, PANEL - 1 - round(weight * (PANEL - 1))), fill="#42688a")
        yield "channel weights, sorted", image, [(name, INK), (f"{bars[-1]:.2f} to {bars[0]:.2f}, of 0 to 1", INK)]


def _write(draw, at, text, colour):
    draw.text(at, text, fill=colour, font=_font())


def _fitting(text: str) -> str:
    """Return `text`, cut off where it would reach into the next panel."""
    if _font().getlength(text) <= PANEL + MARGIN:
        return text
    while _font().getlength(f"{text}…") > PANEL + MARGIN:
        text = text[:-1]
    return f"{text}…"


@functools.cache
def _font():
    return ImageFont.load_default(13)
