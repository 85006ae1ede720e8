"""The confusion matrix: images in each cell, with the share of the true class as number and as colour."""

import numpy as np

from fer_keras.evaluation.plots import figures_style as style

CONFUSION_ALT = (
    "Confusion matrix of the test images: a line each true class, a column each predicted class. Each cell has the number of"
    " images and their share of the true class, which is also its colour."
)


def confusion_data(metrics: dict, normalised: bool = False) -> np.ndarray:
    """Return the table [K, K]: counts, or shares of each true class (one without images stays zero)."""
    table = np.array(metrics["confusion"], dtype=np.float64)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1) if normalised else table


def confusion(metrics: dict):
    """Draw the confusion matrix (paper 000, Figs. 6 and 7 in one): colours are shares, so that no class saturates them."""
    import seaborn

    names = list(metrics["per_class"])
    counts, shares = confusion_data(metrics), confusion_data(metrics, normalised=True)
    cells = [
        [f"{count:,.0f}\n{100 * share:.1f} %" for count, share in zip(*pair, strict=True)]
        for pair in zip(counts, shares, strict=True)
    ]
    figure, axes = style.canvas(6.8, 5.8)
    seaborn.heatmap(
        100 * shares,
        ax=axes,
        annot=np.array(cells),
        fmt="",
        cmap="cividis",
        vmin=0,
        vmax=100,
        square=True,
        xticklabels=names,
        yticklabels=names,
        annot_kws={"fontsize": 8},
        cbar_kws={"label": "share of the true class, %", "shrink": 0.8},
    )
    axes.set(xlabel="predicted", ylabel="true")
    axes.tick_params(axis="x", rotation=45)
    axes.tick_params(axis="y", rotation=0)
    return figure
