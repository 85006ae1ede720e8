"""How every figure looks: canvas without global state, colours that colour-blind readers tell apart, axes, saving."""

from pathlib import Path

from fer_keras.io import files

DPI = 120
GREY, INK = "0.6", "0.2"
SOURCE = "fer_keras drawn from "


def canvas(width: float, height: float, rows: int = 1, columns: int = 1, **kwargs):
    """Return (Figure, axes) of `width` x `height` inches; no pyplot, so nothing stays open and no display is needed."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08)
    return figure, figure.subplots(rows, columns, **kwargs)


def colours(n: int) -> list:
    """Return `n` colours of seaborn's colour-blind palette."""
    import seaborn

    return seaborn.color_palette("colorblind", n)


def tidy(axes, grid: str = "y"):
    """Remove the frame's top and right, and put a light grid behind the data."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(axis=grid, color="0.9")


def per_cent(axis):
    """Label an axis of fractions 0..1 in per cent."""
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))


def save(figure, path: Path, source: str = ""):
    """Write a PNG atomically, with `source` (a digest of what it was drawn from) in it as text."""
    text = {"Software": None, "Source": f"{SOURCE}{source}"}
    files.write(path, lambda part: figure.savefig(part, format="png", metadata=text))


def drawn_from(path: Path, source: str) -> bool:
    """Return whether `path` is a figure that `save` wrote with this `source`."""
    return path.is_file() and f"{SOURCE}{source}".encode() in path.read_bytes()
