"""Training curves, with the phases marked."""

from fer_keras.evaluation.plots import figures_style as style

TRAINING_ALT = (
    "Curves: loss and accuracy over the epochs on training and selection rows; vertical lines mark the phases."
)


def training_data(history: list[dict]) -> dict:
    """Return curves over all epochs, counted from 1 across phases.

    {"curves": {name: ([epoch], [value])}, "phases": [(name, first epoch, last epoch)]}; epochs in which a value is null
    (not evaluated) are left out of its curve.
    """
    curves = {}
    for name in ("loss", "accuracy", "select_loss", "select_accuracy", "select_balanced_accuracy"):
        points = [(i, row[name]) for i, row in enumerate(history, 1) if row[name] is not None]
        curves[name] = ([epoch for epoch, _ in points], [value for _, value in points])
    phases = []
    for i, row in enumerate(history, 1):
        if phases and phases[-1][0] == row["phase"]:
            phases[-1] = (row["phase"], phases[-1][1], i)
        else:
            phases.append((row["phase"], i, i))
    return {"curves": curves, "phases": phases}


def training(history: list[dict], selected: dict | None = None):
    """Draw loss and accuracy over the epochs; `selected` {"phase", "epoch"} is marked (papers 000, 001, 002, 004)."""
    data = training_data(history)
    curves, marker = data["curves"], "o" if len(history) <= 30 else None
    figure, (left, right) = style.canvas(9, 3.8, columns=2)
    first, second, third = style.colours(3)
    left.plot(*curves["loss"], color=first, marker=marker, markersize=3, label="training")
    left.plot(*curves["select_loss"], color=second, marker=marker, markersize=3, linestyle="--", label="selection")
    right.plot(*curves["accuracy"], color=first, marker=marker, markersize=3, label="training")
    right.plot(*curves["select_accuracy"], color=second, marker=marker, markersize=3, linestyle="--", label="selection")
    balanced = curves["select_balanced_accuracy"]
    right.plot(*balanced, color=third, marker=marker, markersize=3, linestyle=":", label="selection, balanced")
    left.set(ylabel="loss")
    right.set(ylabel="accuracy")
    style.per_cent(right.yaxis)
    for axes in (left, right):
        _mark_phases(axes, data["phases"])
        _mark_selected(axes, history, selected)
        axes.set(xlabel="epoch, all phases", xlim=(0.4, len(history) + 0.6))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(fontsize=8, loc="best")
        style.tidy(axes)
    return figure


def _mark_phases(axes, phases):
    for position, (_, start, _) in enumerate(phases):
        if position:
            axes.axvline(start - 0.5, color=style.GREY, linewidth=0.8)
    if len(phases) > 1:
        top = axes.secondary_xaxis("top")
        top.set_xticks([(start + end) / 2 for _, start, end in phases], [name for name, _, _ in phases])
        top.tick_params(length=0, labelsize=8, labelrotation=35 if len(phases) > 2 else 0)
        for label in top.get_xticklabels():
            label.set_horizontalalignment("left" if len(phases) > 2 else "center")
        top.spines["top"].set_visible(False)


def _mark_selected(axes, history, selected):
    if selected is None:
        return
    for i, row in enumerate(history, 1):
        if (row["phase"], row["epoch"]) == (selected["phase"], selected["epoch"]):
            axes.axvline(i, color=style.INK, linewidth=0.8, linestyle="-.", label="epoch kept")
