"""The parts of a run's page that hold numbers: beside the paper, per split, per class, confusions."""

from pathlib import PurePath

from fer_keras.evaluation.metrics import confused_pairs
from fer_keras.evaluation.statistics import BINS, Interval
from fer_keras.report import markdown, verdict
from fer_keras.report.markdown import table
from fer_keras.runs import splits

HEADLINE = ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")
CLASS_COLUMNS = (
    ("precision", "precision", "macro_precision"),
    ("recall", "recall", "macro_recall"),
    ("f1", "F1", "macro_f1"),
    ("calibration_error", "calibration error", "classwise_ece"),
)
"""(metric of a class, its heading, its mean over the classes) in the order of the table of classes."""

CALIBRATION = (
    f"Calibration error of a class: the mean difference between its predicted probability and its frequency, over {BINS} bins"
    " of that probability. The macro mean is classwise ECE (Kull et al. 2019)."
)

PAIRS_ABOVE, WEAK_BELOW = 0.15, 0.5
"""Shares that paper 000's Table II uses: pairs confused over 15 %, classes under 50 %."""


def paper_beside_ours(record: dict) -> str:
    """Return the table of every published number: theirs, ours, interval, difference where comparable, verdict."""
    if not record["reported"]:
        return "The paper gives no number for this recipe."
    rows = [
        (
            f"{markdown.metric_name(v.metric)} ({v.where})",
            splits.display(record, v.split),
            markdown.published(v.metric, v.reported, v.least),
            markdown.number(v.metric, v.ours),
            markdown.interval(v.metric, v.interval),
            None if v.verdict == verdict.CANNOT else markdown.number(v.metric, v.difference, signed=True),
            f"{v.verdict}: {v.reason}",
        )
        for v in verdict.judge_all(record)
    ]
    return table(("metric", "our split", "as published", "ours", "95 % interval", "difference", "verdict"), rows)


def circumstances(record: dict) -> str:
    """Return the line that says under which protocol the numbers below were obtained."""
    data, chosen = record["data"], record["selected"]
    by = f"{chosen['monitor'].replace('_', ' ')} on {splits.display(record, 'select')}"
    epoch = f"epoch {chosen['epoch'] + 1} of phase {chosen['phase']}, by {by}"
    return (
        f"Split: {data['split']}. Selection: {epoch}. Seed: {record['seed']}. Start: {init(record)}. "
        f"Test-time augmentation: none, unless stated (TTA). Intervals: 95 %, bootstrap over the images."
    )


def init(record: dict) -> str:
    """Return what the backbone started from, in words."""
    start = record["init"]
    name = verdict.start_in_words(start["kind"])
    file = start.get("file")
    details = [
        file and "/".join(PurePath(file).parts[-2:]),
        start.get("sha256") and f"sha256 {start['sha256'][:12]}",
        start.get("note"),
    ]
    more = ", ".join(detail for detail in details if detail)
    return f"{name} ({more})" if more else name


def headline(record: dict) -> str:
    """Return the headline metrics of every split that the run was scored on, with intervals; dashes for absent TTA."""
    rows = []
    for split, metrics in splits.with_augmentation(record).items():
        if metrics is None:
            rows.append((splits.display(record, split), *[None] * (len(HEADLINE) + 2)))
            continue
        cells = [
            f"{markdown.number(name, metrics[name])} ({markdown.interval(name, Interval(*metrics['intervals'][name]))})"
            for name in HEADLINE
        ]
        rows.append(
            (splits.display(record, split), f"{metrics['rows']:,}", *cells, markdown.number("ece", metrics["ece"]))
        )
    return table(("images scored", "n", *map(markdown.metric_name, HEADLINE), "calibration error"), rows)


def per_class(record: dict) -> str:
    """Return CLASS_COLUMNS and support of every class on the test images, with macro means and weighted F1."""
    metrics = record["metrics"]["test"]
    rows = [
        (name, *(markdown.number(key, scores[key]) for key, _, _ in CLASS_COLUMNS), f"{scores['support']:,}")
        for name, scores in metrics["per_class"].items()
    ]
    means = [markdown.number(mean, metrics[mean]) for _, _, mean in CLASS_COLUMNS]
    rows.append(("**macro mean**", *means, f"{metrics['rows']:,}"))
    weighted = [markdown.number(key, metrics["weighted_f1"]) if key == "f1" else None for key, _, _ in CLASS_COLUMNS]
    rows.append(("**weighted F1**", *weighted, None))
    header = ("class", *(title for _, title, _ in CLASS_COLUMNS), "support")
    return f"On {splits.display(record, 'test')}. {CALIBRATION}\n\n" + table(header, rows)


def weak_classes(record: dict) -> str:
    """Return the line of classes with a recall under one half, each with its three most frequent confusions."""
    metrics = record["metrics"]["test"]
    pairs = confused_pairs(metrics["confusion"], list(metrics["per_class"]))
    lines = []
    for name, scores in metrics["per_class"].items():
        if scores["support"] and scores["recall"] < WEAK_BELOW:
            taken = [f"{p['predicted']} ({markdown.number('share', p['share'])})" for p in pairs if p["true"] == name][
                :3
            ]
            lines.append(f"{name} (recall {markdown.number('recall', scores['recall'])}): taken for {', '.join(taken)}")
    return "Classes under 50 % recall:\n\n" + markdown.bullets(lines, "- none")


def confusions(record: dict) -> str:
    """Return the most frequent confusions of the test images; those over 15 % are marked."""
    rows = [
        (
            f"{pair['true']} → {pair['predicted']}",
            markdown.number("share", pair["share"]),
            pair["count"],
            "yes" if pair["share"] > PAIRS_ABOVE else "no",
        )
        for pair in record["metrics"]["test"]["top_confusions"]
    ]
    return (
        table(("true → predicted", "share of the true class", "images", "over 15 %"), rows) if rows else "No confusion."
    )


def chi_square(record: dict) -> str:
    """Return the line of the chi-square test of the test images' confusion matrix."""
    test = record["metrics"]["test"]["chi_square"]
    if test is None:
        return "Chi-square test of the confusion matrix: undefined, a class is never predicted or never true."
    p = f"p = {test['p']:.3g}" if test["p"] else "p < 1e-300"
    return f"Chi-square test of the confusion matrix: {test['statistic']:.2f}, {test['dof']} degrees of freedom, {p}."
