"""Figures of whole models: several beside each other, and how far a model's confidence can be believed."""

import numpy as np

from fer_keras.evaluation.plots import figures_style as style
from fer_keras.evaluation.statistics import expected_calibration_error, reliability

COMPARISON_ALT = (
    "Bars: the number that each paper's row reports beside ours; a missing bar means that there is no run yet."
)
RELIABILITY_ALT = (
    "Reliability diagram: accuracy against confidence in 15 bins, diagonal if calibrated; below, faces a bin."
)


def comparison_data(rows: list[tuple[str, float | None, float | None]]) -> dict:
    """Return {"names", "paper", "ours"}, a missing number as NaN, from [(name, paper, ours)]."""
    names = [name for name, _, _ in rows]
    paper, ours = (np.array([np.nan if row[i] is None else row[i] for row in rows], float) for i in (1, 2))
    return {"names": names, "paper": paper, "ours": ours}


def comparison(rows: list[tuple[str, float | None, float | None]], metric: str, fraction: bool = True):
    """Draw paper and ours of several models, one pair of bars each; `metric` names the axis (paper 003, §6.5)."""
    data = comparison_data(rows)
    figure, axes = style.canvas(7.5, 1.0 + 0.62 * len(rows))
    for offset, key, label, colour in zip(
        (-0.2, 0.2), ("paper", "ours"), ("paper", "ours"), style.colours(2), strict=True
    ):
        places = np.arange(len(rows)) + offset
        axes.barh(places, np.nan_to_num(data[key]), 0.38, color=colour, label=label)
        for place, value in zip(places, data[key], strict=True):
            text = "no number" if np.isnan(value) else f"{100 * value:.1f} %" if fraction else f"{value:.3f}"
            at = 0 if np.isnan(value) else value
            axes.annotate(text, (at, place), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(range(len(rows)), data["names"])
    axes.invert_yaxis()
    axes.set(xlabel=metric)
    axes.set_xlim(0, 1.0 if fraction else 1.2 * max(1e-9, np.nanmax([*data["paper"], *data["ours"], 0])))
    if fraction:
        style.per_cent(axes.xaxis)
    axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    style.tidy(axes, grid="x")
    return figure


def reliability_diagram(labels: np.ndarray, probabilities: np.ndarray):
    """Draw accuracy against confidence (its data: statistics.reliability) and the number of faces in each bin."""
    table = reliability(labels, probabilities)
    error = expected_calibration_error(labels, probabilities)
    figure, (top, bottom) = style.canvas(5, 5.2, rows=2, sharex=True, height_ratios=(3, 1))
    used = table["rows"] > 0
    middle, width = (table["edges"][:-1] + table["edges"][1:]) / 2, table["edges"][1]
    first, second = style.colours(2)
    top.bar(middle[used], table["accuracy"][used], 0.92 * width, color=first, label="accuracy in the bin")
    top.plot(
        table["confidence"][used],
        table["accuracy"][used],
        "D",
        color=second,
        markersize=4,
        label="at the mean confidence",
    )
    top.plot((0, 1), (0, 1), color=style.INK, linestyle="--", linewidth=1, label="perfect calibration")
    top.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1), title=f"calibration error {100 * error:.1f} %")
    top.legend(fontsize=8, loc="upper left")
    bottom.bar(middle, table["rows"], 0.92 * width, color=style.GREY)
    bottom.set(xlabel="confidence", ylabel="faces")
    for axis in (top.xaxis, top.yaxis, bottom.xaxis):
        style.per_cent(axis)
    style.tidy(top)
    style.tidy(bottom)
    return figure
