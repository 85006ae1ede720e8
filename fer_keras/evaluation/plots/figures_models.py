"""Figures of whole models: several beside each other, and how far a model's confidence can be believed."""

import numpy as np

from fer_keras.evaluation.plots import figures_style as style
from fer_keras.evaluation.statistics import expected_calibration_error, reliability

COMPARISON_ALT = (
    "Bars of the runs that can be compared: the published number (hatched, it has no interval) beside ours with its 95 %"
    " interval."
)
RELIABILITY_ALT = (
    "Reliability diagram: accuracy against confidence in 15 bins, diagonal if calibrated; below, images in each bin."
)


def comparison_data(bars: list[tuple[str, float, float, float, float]]) -> dict:
    """Return {"names", "paper", "ours", "errors" [2, N]} from [(name, paper, ours, low, high)], our interval's edges."""
    paper, ours, low, high = (np.array([bar[i] for bar in bars], float) for i in (1, 2, 3, 4))
    return {
        "names": [bar[0] for bar in bars],
        "paper": paper,
        "ours": ours,
        "errors": np.stack([ours - low, high - ours]),
    }


def comparison(bars: list[tuple[str, float, float, float, float]], metric: str, fraction: bool = True):
    """Draw published numbers and ours, one pair of bars a system; `metric` names the axis (paper 003, §6.5)."""
    data = comparison_data(bars)
    figure, axes = style.canvas(7.5, 1.2 + 0.62 * len(bars))
    first, second = style.colours(2)
    places, edges = np.arange(len(bars)), data["ours"] + data["errors"][1]
    paper = {"facecolor": "white", "edgecolor": first, "hatch": "////", "label": "as published (no interval given)"}
    axes.barh(places - 0.2, data["paper"], 0.38, **paper)
    axes.barh(places + 0.2, data["ours"], 0.38, color=second, label="ours, with 95 % interval")
    axes.errorbar(
        data["ours"], places + 0.2, xerr=np.maximum(data["errors"], 0), fmt="none", ecolor=style.INK, capsize=3
    )
    for offset, values, ends in ((-0.2, data["paper"], data["paper"]), (0.2, data["ours"], edges)):
        for place, value, end in zip(places + offset, values, ends, strict=True):
            text = f"{100 * value:.1f} %" if fraction else f"{value:.3f}"
            axes.annotate(text, (end, place), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8)
    axes.set_yticks(places, data["names"])
    axes.invert_yaxis()
    axes.set(xlabel=metric, xlim=(0, 1.0 if fraction else 1.2 * max(1e-9, *data["paper"], *edges)))
    if fraction:
        style.per_cent(axes.xaxis)
    axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    style.tidy(axes, grid="x")
    return figure


def reliability_diagram(labels: np.ndarray, probabilities: np.ndarray):
    """Draw accuracy against confidence (its data: statistics.reliability) and the number of images in each bin."""
    table = reliability(labels, probabilities)
    error = expected_calibration_error(labels, probabilities)
    figure, (top, bottom) = style.canvas(5, 5.2, rows=2, sharex=True, height_ratios=(3, 1))
    used = table["rows"] > 0
    middle, width = (table["edges"][:-1] + table["edges"][1:]) / 2, table["edges"][1]
    first, second = style.colours(2)
    bars = top.bar(middle[used], table["accuracy"][used], 0.92 * width, color=first, label="accuracy in the bin")
    (points,) = top.plot(
        table["confidence"][used],
        table["accuracy"][used],
        "D",
        color=second,
        markersize=4,
        label="the same, at the mean confidence",
    )
    (diagonal,) = top.plot((0, 1), (0, 1), color=style.INK, linestyle="--", linewidth=1, label="perfect calibration")
    top.set(ylabel="accuracy", xlim=(0, 1), ylim=(0, 1), title=f"expected calibration error {100 * error:.1f} %")
    figure.legend(handles=[bars, points, diagonal], fontsize=8, loc="outside upper center", ncols=2, frameon=False)
    bottom.bar(middle, table["rows"], 0.92 * width, color=style.GREY)
    bottom.set(xlabel="confidence", ylabel="images")
    for axis in (top.xaxis, top.yaxis, bottom.xaxis):
        style.per_cent(axis)
    style.tidy(top)
    style.tidy(bottom)
    return figure
