"""The curve of a learning-rate range test."""

from fer_keras.evaluation.plots import figures_style as style

RANGE_TEST_ALT = (
    "Curve: smoothed training loss over the learning rate, logarithmic, with each batch's loss as dots; vertical lines "
    "mark the steepest descent, a tenth of the rate with the least loss, and the recipe's rate."
)


def range_test_data(record: dict) -> dict:
    """Return {"rates", "losses", "smoothed", "marks": ((label, rate or None), ...)} of a record of `fer_keras.lr_find`."""
    suggested = record["suggested"]
    marks = (
        ("steepest descent", suggested["steepest"]),
        ("a tenth of the rate at the minimum", suggested["minimum_tenth"]),
        ("rate of the recipe", record["recipe_rate"]),
    )
    curve = {name: record[name] for name in ("rates", "losses", "smoothed")}
    return curve | {"marks": marks}


def range_test(record: dict):
    """Draw a record of `fer_keras.lr_find` (paper 002 names fastai's finder)."""
    data = range_test_data(record)
    figure, axes = style.canvas(7, 4.4)
    first, second, third = style.colours(3)
    # Without a limit the diverging end would flatten the rest.
    high = min(max(data["smoothed"]), max(data["smoothed"][0], 2 * min(data["smoothed"])))
    low = min(data["losses"])
    room = 0.05 * (high - low)
    axes.plot(data["rates"], data["losses"], ".", color=style.GREY, markersize=4, label="loss of a batch")
    axes.plot(data["rates"], data["smoothed"], color=first, label="smoothed")
    for (label, rate), colour, line in zip(data["marks"], (second, third, style.INK), ("--", ":", "-."), strict=True):
        if rate is not None:
            axes.axvline(rate, color=colour, linestyle=line, linewidth=1.6, label=f"{label}: {rate:.2g}")
    axes.set(xscale="log", xlabel="learning rate", ylabel="training loss", ylim=(low - room, high + room))
    drawn = ", drawn faces" if record["data"]["synthetic"] else ""
    axes.set_title(f"{record['recipe']}, phase {record['phase']}, profile {record['profile']}{drawn}", fontsize=9)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    style.tidy(axes)
    return figure
