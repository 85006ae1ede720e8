"""Figures of the seven classes: how many faces each has, how well each is recognised."""

from fer_keras.evaluation.plots import figures_style as style
from fer_keras.evaluation.statistics import wilson

CLASS_DISTRIBUTION_ALT = "Bars: number of faces of each class in each part of the data."
PER_CLASS_ACCURACY_ALT = "Bars: accuracy of each class on the test rows, with the mean over the classes as a line."
CLASS_SCORES_ALT = "Grouped bars: precision, recall and F1 of each class on the test rows."
RECALL_DISTRIBUTION_ALT = (
    "Dots: recall of each class in ascending order with 95 % Wilson intervals; lines mark mean and median."
)


def class_distribution_data(counts: dict[str, dict[str, int]]) -> dict[str, list]:
    """Return {"classes": names, "parts": [(name, [n per class])]} from {part: {class: n}}; absent is 0."""
    classes = list(dict.fromkeys(name for part in counts.values() for name in part))
    return {"classes": classes, "parts": [(part, [n.get(name, 0) for name in classes]) for part, n in counts.items()]}


def class_distribution(counts: dict[str, dict[str, int]]):
    """Draw the number of faces a class, one panel a part (paper 000, Figs. 1 and 3)."""
    data = class_distribution_data(counts)
    parts = data["parts"]
    figure, axes = style.canvas(2.9 * len(parts) + 0.8, 3.2, columns=len(parts), sharey=True, squeeze=False)
    for panel, (part, numbers), colour in zip(axes[0], parts, style.colours(len(parts)), strict=True):
        panel.barh(data["classes"], numbers, color=colour)
        for position, n in enumerate(numbers):
            panel.annotate(f"{n:,}", (n, position), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
        panel.set_xlim(0, 1.25 * max(1, *numbers))
        panel.set(title=f"{part} ({sum(numbers):,})", xlabel="faces")
        panel.locator_params(axis="x", nbins=4)
        style.tidy(panel, grid="x")
    axes[0][0].invert_yaxis()
    return figure


def per_class_accuracy_data(metrics: dict) -> dict:
    """Return {"classes", "accuracy" [K], "mean"}: the accuracy of a class is its recall, the mean the macro recall."""
    scores = metrics["per_class"]
    recall = [scores[name]["recall"] for name in scores]
    return {"classes": list(scores), "accuracy": recall, "mean": metrics["macro_recall"]}


def per_class_accuracy(metrics: dict):
    """Draw each class's accuracy against the mean over classes (paper 000, Fig. 8)."""
    data = per_class_accuracy_data(metrics)
    figure, axes = style.canvas(7, 3.6)
    above, below = style.colours(2)
    bar_colours = [above if value >= data["mean"] else below for value in data["accuracy"]]
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    bars = axes.bar(data["classes"], data["accuracy"], color=bar_colours)
    axes.bar_label(bars, [f"{100 * value:.1f}" for value in data["accuracy"]], fontsize=8, padding=3, bbox=box)
    axes.axhline(data["mean"], color=style.INK, linestyle="--", label=f"mean {100 * data['mean']:.1f} %")
    axes.set(ylabel="accuracy of the class", ylim=(0, 1.12))
    axes.legend(loc="upper right", frameon=False)
    style.per_cent(axes.yaxis)
    style.tidy(axes)
    return figure


def class_scores_data(metrics: dict) -> dict[str, list]:
    """Return {"classes", "precision", "recall", "f1"}, each [K]."""
    scores = metrics["per_class"]
    return {"classes": list(scores)} | {
        key: [scores[name][key] for name in scores] for key in ("precision", "recall", "f1")
    }


def class_scores(metrics: dict):
    """Draw precision, recall and F1 of each class side by side (paper 000, Fig. 9)."""
    data = class_scores_data(metrics)
    figure, axes = style.canvas(8, 3.6)
    width = 0.27
    for offset, (key, label), colour in zip(
        (-width, 0, width),
        (("precision", "precision"), ("recall", "recall"), ("f1", "F1")),
        style.colours(3),
        strict=True,
    ):
        axes.bar([i + offset for i in range(len(data["classes"]))], data[key], width, color=colour, label=label)
    axes.set_xticks(range(len(data["classes"])), data["classes"])
    axes.set(ylabel="score on the test rows", ylim=(0, 1))
    axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    style.per_cent(axes.yaxis)
    style.tidy(axes)
    return figure


def recall_distribution_data(metrics: dict) -> dict:
    """Return {"classes", "recall", "low", "high"} in ascending order of recall, with "mean" and "median".

    Classes without a test row are left out; low and high are Wilson's 95 % interval.
    """
    found = []
    for position, (name, scores) in enumerate(metrics["per_class"].items()):
        if scores["support"]:
            interval = wilson(metrics["confusion"][position][position], scores["support"])
            found.append((scores["recall"], name, interval.low, interval.high))
    found.sort()
    recall, classes, low, high = (list(column) for column in zip(*found, strict=True))
    middle = len(recall) // 2
    median = recall[middle] if len(recall) % 2 else (recall[middle - 1] + recall[middle]) / 2
    return {
        "classes": classes,
        "recall": recall,
        "low": low,
        "high": high,
        "mean": sum(recall) / len(recall),
        "median": median,
    }


def recall_distribution(metrics: dict):
    """Draw how recall spreads over the classes (paper 003, §6.5)."""
    data = recall_distribution_data(metrics)
    figure, axes = style.canvas(7, 3.4)
    first, second, third = style.colours(3)
    low = [max(0, value - edge) for value, edge in zip(data["recall"], data["low"], strict=True)]
    high = [max(0, edge - value) for value, edge in zip(data["recall"], data["high"], strict=True)]
    axes.errorbar(data["recall"], data["classes"], xerr=(low, high), fmt="o", color=first, ecolor=style.GREY, capsize=3)
    axes.axvline(data["mean"], color=second, linestyle="--", label=f"mean {100 * data['mean']:.1f} %")
    axes.axvline(data["median"], color=third, linestyle=":", label=f"median {100 * data['median']:.1f} %")
    axes.set(xlabel="recall with 95 % interval", xlim=(-0.02, 1.02))
    axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False)
    style.per_cent(axes.xaxis)
    style.tidy(axes, grid="x")
    return figure
