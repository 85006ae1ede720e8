"""The confusion matrix, as counts and as shares of the true class."""

import numpy as np

from fer_keras.evaluation.plots import figures_style as style

CONFUSION_ALT = "Confusion matrix in counts: true class in rows, predicted class in columns, test rows."
CONFUSION_NORMALISED_ALT = (
    "Confusion matrix in per cent of the true class: true class in rows, predicted class in columns, test rows."
)


def confusion_data(metrics: dict, normalised: bool = False) -> np.ndarray:
    """Return the table [K, K]: counts, or shares of each row's sum (a row without faces stays zero)."""
    table = np.array(metrics["confusion"], dtype=np.float64)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1) if normalised else table


def confusion(metrics: dict, normalised: bool = False):
    """Draw the confusion matrix (paper 000, Fig. 6; normalised: Fig. 7)."""
    import seaborn

    names = list(metrics["per_class"])
    table = confusion_data(metrics, normalised)
    figure, axes = style.canvas(6.4, 5.4)
    seaborn.heatmap(
        100 * table if normalised else table,
        ax=axes,
        annot=True,
        fmt=".1f" if normalised else ".0f",
        cmap="cividis",
        vmin=0,
        vmax=100 if normalised else None,
        square=True,
        xticklabels=names,
        yticklabels=names,
        annot_kws={"fontsize": 9},
        cbar_kws={"label": "% of the true class" if normalised else "faces", "shrink": 0.8},
    )
    axes.set(xlabel="predicted", ylabel="true")
    axes.tick_params(axis="x", rotation=45)
    axes.tick_params(axis="y", rotation=0)
    return figure
