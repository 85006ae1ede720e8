"""Training curves: loss above accuracy; two phases are two panels side by side, more phases are marked in one."""

from fer_keras.evaluation.plots import figures_style as style

TRAINING_ALT = (
    "Curves: loss above accuracy over the epochs, on training images (solid) and selection images (dashed; dotted: balanced"
    " accuracy). Two phases are two panels; a vertical line marks the selected epoch."
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
    phases = training_data(history)["phases"]
    apart = [[row for row in history if row["phase"] == name] for name, *_ in phases] if len(phases) == 2 else [history]
    figure, axes = style.canvas(
        4.6 * max(len(apart), 1.6), 5.6, 2, len(apart), squeeze=False, sharex="col", sharey="row"
    )
    for column, part in enumerate(apart):
        loss, accuracy = axes[:, column]
        _curves(loss, accuracy, part)
        for panel in (loss, accuracy):
            _mark_phases(panel, training_data(part)["phases"], names=panel is loss)
            _mark_selected(panel, part, selected)
            panel.set(xlim=(0.4, len(part) + 0.6))
            panel.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
            style.tidy(panel)
        several = len(phases) > 1 and len(apart) == 1
        accuracy.set(xlabel="epoch, all phases" if several else f"epoch of phase {part[0]['phase']}")
        style.per_cent(accuracy.yaxis)
    axes[0][0].set(ylabel="loss")
    axes[1][0].set(ylabel="accuracy")
    shown = dict(pair[::-1] for panel in axes.flat for pair in zip(*panel.get_legend_handles_labels(), strict=True))
    figure.legend(shown.values(), shown, loc="outside upper center", ncols=4, frameon=False, fontsize=8)
    return figure


def _curves(loss, accuracy, history: list[dict]):
    curves, marker = training_data(history)["curves"], "o" if len(history) <= 30 else None
    first, second, third = style.colours(3)
    for panel, training_, selection in ((loss, "loss", "select_loss"), (accuracy, "accuracy", "select_accuracy")):
        panel.plot(*curves[training_], color=first, marker=marker, markersize=3, label="training")
        panel.plot(*curves[selection], color=second, marker=marker, markersize=3, linestyle="--", label="selection")
    balanced = {"color": third, "linestyle": ":", "label": "selection, balanced accuracy"}
    accuracy.plot(*curves["select_balanced_accuracy"], marker=marker, markersize=3, **balanced)


def _mark_phases(axes, phases, names: bool):
    """Draw a line between phases and, with `names`, their names above, in turn at two heights so that they keep apart."""
    for position, (name, start, end) in enumerate(phases):
        if position:
            axes.axvline(start - 0.5, color=style.GREY, linewidth=0.8)
        if names and len(phases) > 1:
            place = {"xytext": (0, 4 + 11 * (position % 2)), "textcoords": "offset points"}
            axes.annotate(
                name, ((start + end) / 2, 1), xycoords=("data", "axes fraction"), ha="center", fontsize=8, **place
            )


def _mark_selected(axes, history, selected):
    if selected is None:
        return
    for i, row in enumerate(history, 1):
        if (row["phase"], row["epoch"]) == (selected["phase"], selected["epoch"]):
            axes.axvline(i, color=style.INK, linewidth=0.8, linestyle="-.", label="selected epoch")
