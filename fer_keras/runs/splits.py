"""The names under which a record keeps metrics, and what they are called on a page.

"select" and "test" are the recipe's own; "private" is PrivateTest where it is not the test split already. A variant of
the test or private rows appends its suffix, "private_clean" say, with its own predictions file.
"""

from fer_keras.evaluation import metrics

VARIANTS = {
    "clean": "without images whose exact copy was trained on",
    "near_clean": "without images whose exact or near copy was trained on",
    "flip": "mean over the image and its mirror image (TTA)",
    "ten_crop": "mean over ten crops (TTA)",
    "ferplus": "scored against FER+ majority labels",
}

AUGMENTED = ("flip", "ten_crop")
"""The variants with test-time augmentation: each has a line on a run's page, of dashes where the record lacks it."""


COUNTED = {"accuracy": "accuracy", "log_loss": "loss"}
"""{metric on the training rows: column of the history}."""


def with_augmentation(record: dict) -> dict[str, dict | None]:
    """Return record["metrics"] and, as None, the variants of AUGMENTED that its test and private rows lack."""
    had, found = record["metrics"], {}
    for base in dict.fromkeys(split.partition("_")[0] for split in had):
        found |= {split: scores for split, scores in had.items() if split.partition("_")[0] == base}
        if base in ("test", "private"):
            wanted = (f"{base}_{variant}" for variant in AUGMENTED)
            found |= {split: None for split in wanted if split not in had}
    return found


def display(record: dict, split: str) -> str:
    """Return what a page calls `split`: "PrivateTest", "PublicTest", "PrivateTest, without images whose ..."."""
    base, _, variant = split.partition("_")
    data = record["data"]
    names = {"test": data["test_name"], "select": data["select_name"], "private": "PrivateTest", "train": "in training"}
    name = names.get(base, split).replace("of all rows", "of all images")  # as records call it
    return f"{name}, {VARIANTS[variant]}" if base in names and variant in VARIANTS else name


def private(record: dict) -> str | None:
    """Return the key that holds PrivateTest, None when the run has none."""
    if record["data"]["test_name"] == "PrivateTest":
        return "test"
    return "private" if "private" in record["metrics"] else None


def public(record: dict) -> str | None:
    """Return the key that holds PublicTest, None when the run has none."""
    return "select" if record["data"]["select_name"] == "PublicTest" else None


def accuracy(record: dict, split: str | None, *variants: str) -> float | None:
    """Return the accuracy on `split`, or on the first of its `variants` that the run has; None when there is none."""
    for key in [f"{split}_{variant}" for variant in variants] or [split]:
        if split and key in record["metrics"]:
            return record["metrics"][key]["accuracy"]
    return None


def score(record: dict, split: str | None, metric: str) -> float | None:
    """Return `metric` (any of `metrics.value`) on `split`, None when the run does not have it there.

    Accuracy and log loss on "train" are those that training itself counted in the epoch that was kept; the loss is the
    one that was minimised, class weights and label smoothing included.
    """
    if split == "train" and metric in COUNTED:
        return _counted_in_training(record, COUNTED[metric])
    scores = record["metrics"].get(split)
    return metrics.value(scores, metric) if scores else None


def _counted_in_training(record: dict, column: str) -> float | None:
    kept = [record["selected"][key] for key in ("phase", "epoch")]
    found = (row[column] for row in record["history"] if [row["phase"], row["epoch"]] == kept)
    return next(found, None)
