"""The page "What attention is worth": the variants of `experiments.attention` against the same network without one."""

import dataclasses
from pathlib import Path

import numpy as np

from fer_keras.evaluation import metrics, statistics
from fer_keras.evaluation.statistics import Interval
from fer_keras.report import drift, markdown
from fer_keras.report.markdown import number, section, table
from fer_keras.report.notes import note
from fer_keras.report.result_groups import Row, spread
from fer_keras.runs import predictions, splits
from fer_keras.runs.record import RESULTS
from fer_keras.studies.compare import joined

PAGE = "attention_worth.md"
EXPERIMENT, PLAIN = "attention", "attention_none"
HOLDS, OPEN, HARMS, FEW = "helps", "no difference shown", "harms", "too few seeds"
SEEDS, RESAMPLES = 3, 10_000

CLAIMS = (
    ("001, Table I", "spatial attention before the classifier", "attention_spatial", None, "58.9 % to 45.4 % (worse)"),
    ("001, Table I", "CBAM after the last stage", "attention_cbam", None, "ResNet-50: 43.5 % to 66.2 %"),
    ("003, §6.3", "transformer: fear taken for surprise", "attention_mhsa", ("fear", "surprise"), "38 % to 26 %"),
    ("003, §6.3", "spatial attention: neutral taken for sad", "attention_spatial", ("neutral", "sad"), "(to) 25 %"),
    ("003, §2.3", "branches for groups of classes", "attention_branches", None, "no number of its own"),
    ("003, §6.1", "all parts together", "attention_all", None, "45.20 % to 58.87 % balanced, other backbone too"),
)
"""(source, what is claimed, our variant, confusion it names or None for accuracy, as printed: before to after)."""

COMPARED = 6
"""Rows beside the plain network's; a test holds it to the experiment."""

CONFIDENCE = 1 - (1 - statistics.CONFIDENCE) / COMPARED
"""Of one row's interval, so that all of them hold together with 95 % confidence (Bonferroni)."""

RULE = f"""\
Runs are paired by seed and scored on the same PrivateTest rows. The difference of a row is (right with the part) less
(right without), averaged over the seeds; its interval is the percentile bootstrap over the rows ({RESAMPLES:,} resamples,
seeded), at {100 * CONFIDENCE:.1f} %, so that the {COMPARED} intervals hold together at 95 % (Bonferroni). **{HOLDS}** or
**{HARMS}**: the interval leaves zero out and every one of at least {SEEDS} seeds has the same sign; else **{OPEN}**.
McNemar's exact test stands beside it for each seed, as it is. The intervals are those of these trained networks on other
faces; of the spread between seeds they know no more than the signs. And all of it holds for this backbone, trained from
scratch at 48 px, and no other."""


@dataclasses.dataclass(frozen=True)
class Paired:
    """A variant against the plain network: per seed the differences and McNemar's p, and the mean with its interval."""

    differences: tuple[float, ...]
    p_values: tuple[float, ...]
    mean: float
    interval: Interval

    @property
    def verdict(self) -> str:
        if len(self.differences) < SEEDS:
            return FEW
        signs = {np.sign(difference) for difference in self.differences}
        if 0.0 in self.interval or len(signs) > 1:
            return OPEN
        return HOLDS if self.mean > 0 else HARMS


def paired(plain: list[dict], variant: list[dict], seed: int = 0) -> Paired:
    """Compare predictions (`rows`, `labels`, `probabilities`) of the same rows, one pair of entries a training seed."""
    differences, p_values, by_row = [], [], []
    for first, second in zip(plain, variant, strict=True):
        first, second = joined(first, second, "two runs of one seed")
        labels = first["labels"]
        one, other = (part["probabilities"].argmax(axis=1) for part in (first, second))
        by_row.append((other == labels).astype(float) - (one == labels))
        differences.append(float(by_row[-1].mean()))
        p_values.append(statistics.mcnemar(labels, one, other)["p"])
    mean = np.mean(by_row, axis=0)
    rng = np.random.default_rng(seed)
    resampled = [mean[rng.integers(len(mean), size=len(mean))].mean() for _ in range(RESAMPLES)]
    return Paired(
        tuple(differences),
        tuple(p_values),
        float(mean.mean()),
        statistics.percentile_interval(np.array(resampled), CONFIDENCE),
    )


def page(rows: list[Row], reports_dir: Path) -> str:
    """Return the page; a dash where a variant has no run of a seed that the plain network has."""
    own = {row.recipe: row for row in rows if row.experiment == EXPERIMENT}
    compared = {name: _against_plain(own[PLAIN], row, reports_dir) for name, row in own.items() if name != PLAIN}
    return (
        "\n\n".join(
            [
                "# What attention is worth",
                "Papers 001 and 003 credit attention with much of their accuracy, and compare networks that differ in"
                " more than it. Here the trunk, the recipe, the rows and the seeds are the same"
                " (`python -m experiments.attention`), and one part at a time is added. Generated by"
                " `python -m fer_keras.report` from the records.",
                table(
                    ("network", "params", "seeds", "accuracy", "macro F1", "balanced"),
                    [_scores(row) for row in own.values()],
                ),
                section(
                    "Against the network without attention",
                    table(
                        ("network", "per seed, points", "mean", "interval", "McNemar p per seed", "verdict"),
                        [_difference(own[name], found) for name, found in compared.items()],
                    ),
                ),
                *([section("What holds", found)] if (found := note(reports_dir, EXPERIMENT)) else []),
                section("What the papers claim", _claims(own, compared)),
                section("The rule", RULE),
            ]
        )
        + "\n"
    )


def _against_plain(plain: Row, variant: Row, reports_dir: Path) -> Paired | None:
    pairs = _pairs(plain, variant)
    if not pairs:
        return None
    first, second = (
        [predictions.read(reports_dir / RESULTS / run["run"], run)[splits.private(run)] for run in runs]
        for runs in zip(*pairs, strict=True)
    )
    return paired(first, second)


def _pairs(plain: Row, variant: Row) -> list[tuple[dict, dict]]:
    by_seed = {run["seed"]: run for run in variant.records}
    return [
        (run, by_seed[run["seed"]])
        for run in sorted(plain.records, key=lambda run: run["seed"])
        if run["seed"] in by_seed
    ]


def _scores(row: Row) -> list:
    if row.middle is None:
        return [f"{row.title} (`{row.recipe}`)", *[None] * 5]
    columns = []
    for metric in ("accuracy", "macro_f1", "balanced_accuracy"):
        values = row.values(lambda run, metric=metric: splits.score(run, splits.private(run), metric))
        columns.append(" / ".join(number(metric, value) for value in spread(values)))
    parameters = markdown.parameters(row.middle["parameters"]["total"])
    return [f"{row.title} (`{row.recipe}`){drift.mark(*row.records)}", parameters, len(row.records), *columns]


def _difference(row: Row, found: Paired | None) -> list:
    if found is None:
        return [row.title, *[None] * 5]
    return [
        f"{row.title}{drift.mark(*row.records)}",
        ", ".join(f"{100 * difference:+.2f}" for difference in found.differences),
        f"{100 * found.mean:+.2f}",
        f"{100 * found.interval.low:+.2f} to {100 * found.interval.high:+.2f}",
        ", ".join(f"{p:.3g}" for p in found.p_values),
        found.verdict,
    ]


def _claims(own: dict[str, Row], compared: dict[str, Paired | None]) -> str:
    lines = []
    for source, what, name, confusion, printed in CLAIMS:
        if confusion is None:
            found = compared.get(name)
            ours = found and f"{100 * found.mean:+.2f} points of accuracy: {found.verdict}"
        else:
            before, after = (_share(own[recipe], confusion) for recipe in (PLAIN, name))
            ours = before and after and f"{before} to {after}"
        lines.append((source, what, printed, ours))
    return table(("where", "claim", "printed", "ours"), lines)


def _share(row: Row, confusion: tuple[str, str]) -> str | None:
    metric = "/".join(("confusion", *confusion))
    found = spread(row.values(lambda run: metrics.value(run["metrics"][splits.private(run)], metric)))
    return found and number(metric, found[1])
