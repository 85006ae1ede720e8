"""Figures of the seven classes: how many images each has, how well each is recognised."""

from fer_keras.evaluation.plots import figures_style as style
from fer_keras.evaluation.statistics import wilson

CLASS_DISTRIBUTION_ALT = "Bars: number of images of each class in each part of the data, on one scale."
CLASS_SCORES_ALT = (
    "Dots: precision, recall (with its 95 % interval) and F1 of each class on the test images, classes by recall; a line marks"
    " the mean recall."
)


def class_distribution_data(counts: dict[str, dict[str, int]]) -> dict[str, list]:
    """Return {"classes": names, "parts": [(name, [n per class])]} from {part: {class: n}}; absent is 0."""
    classes = list(dict.fromkeys(name for part in counts.values() for name in part))
    return {"classes": classes, "parts": [(part, [n.get(name, 0) for name in classes]) for part, n in counts.items()]}


def class_distribution(counts: dict[str, dict[str, int]]):
    """Draw the number of images of each class, one panel a part, all on one scale (paper 000, Figs. 1 and 3)."""
    data = class_distribution_data(counts)
    parts = data["parts"]
    longest = max(1, *(n for _, numbers in parts for n in numbers))
    figure, axes = style.canvas(
        2.9 * len(parts) + 0.8, 3.2, columns=len(parts), sharex=True, sharey=True, squeeze=False
    )
    for panel, (part, numbers) in zip(axes[0], parts, strict=True):
        panel.barh(data["classes"], numbers, color=style.colours(1)[0])
        for position, n in enumerate(numbers):
            panel.annotate(f"{n:,}", (n, position), xytext=(3, 0), textcoords="offset points", va="center", fontsize=8)
        panel.set(title=f"{part} ({sum(numbers):,})", xlabel="images", xlim=(0, 1.25 * longest))
        panel.locator_params(axis="x", nbins=4)
        style.tidy(panel, grid="x")
    axes[0][0].invert_yaxis()
    return figure


def class_scores_data(metrics: dict) -> dict:
    """Return {"classes", "precision", "recall", "f1", "low", "high"} in ascending order of recall, with "mean".

    Classes without a test image are left out; low and high are Wilson's 95 % interval of recall; the mean is of recall.
    """
    lines = []
    for position, (name, scores) in enumerate(metrics["per_class"].items()):
        if scores["support"]:
            interval = wilson(metrics["confusion"][position][position], scores["support"])
            lines.append((scores["recall"], name, scores["precision"], scores["f1"], interval.low, interval.high))
    recall, classes, precision, f1, low, high = (list(column) for column in zip(*sorted(lines), strict=True))
    return {
        "classes": classes,
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "low": low,
        "high": high,
        "mean": sum(recall) / len(recall),
    }


def class_scores(metrics: dict):
    """Draw precision, recall and F1 of each class (paper 000, Figs. 8 and 9; paper 003, §6.5)."""
    data = class_scores_data(metrics)
    figure, axes = style.canvas(7, 4)
    first, second, third = style.colours(3)
    places = range(len(data["classes"]))
    low = [max(0, value - edge) for value, edge in zip(data["recall"], data["low"], strict=True)]
    high = [max(0, edge - value) for value, edge in zip(data["recall"], data["high"], strict=True)]
    axes.axvline(data["mean"], color=style.GREY, linestyle="--", label=f"mean recall {100 * data['mean']:.1f} %")
    recall = {"fmt": "o", "color": first, "capsize": 3, "label": "recall, 95 % interval"}
    axes.errorbar(data["recall"], places, xerr=(low, high), **recall)
    axes.plot(data["precision"], [place - 0.25 for place in places], "s", color=second, label="precision")
    axes.plot(data["f1"], [place + 0.25 for place in places], "D", color=third, markersize=5, label="F1")
    axes.set_yticks(places, data["classes"])
    axes.set(xlabel="score on the test images", xlim=(-0.02, 1.02))
    axes.legend(ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), frameon=False, fontsize=8)
    style.per_cent(axes.xaxis)
    style.tidy(axes, grid="both")
    return figure
