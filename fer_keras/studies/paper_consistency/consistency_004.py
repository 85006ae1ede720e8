"""Paper 004: do text and Table 2, the split, the loss weights and the sizes of its layers agree?"""

from fractions import Fraction

from fer_keras.studies.paper_consistency.implied import OPEN, Check, class_rows, decimal, equal
from fer_keras.studies.paper_consistency.printed import PAPER_004 as P


def checks() -> list[Check]:
    """Return the comparisons in the paper's order."""
    return [
        _cube(),
        _widths(),
        _validation_rows(),
        _loss_weights(),
        *(_text_and_table(model) for model in P.text),
        _resnet50_text(),
        _gain(),
    ]


def loss_shares() -> dict[str, Fraction]:
    """Return {class: images times loss weight} of paper 004: the share of each class in the loss, up to a factor."""
    return {name: rows * P.loss_weights[name].value for name, rows in class_rows().items()}


def _cube() -> Check:
    height, width, channels = P.cube
    return Check(
        "Global average pooling compresses",
        f"“core operation of spatial compression … H = {height}, W = {width}, C = {channels}” (§2.2.1)",
        f"{height} × {width} × {channels} = {height * width * channels} values in, {channels} out: the mean of one value is"
        " that value (the paper's own “identity mapping”); no redundancy goes and no parameter is saved",
        equal(height * width > 1),
    )


def _widths() -> Check:
    steps = len(P.widths) - 1
    return Check(
        "Layers of the classifier",
        "“two fully connected layers and one output layer … from "
        + " to ".join(map(str, P.widths[:-1]))
        + f" and finally outputting in {P.widths[-1]} dimensions” ({P.layers.where})",
        f"{' → '.join(map(str, P.widths))} are {steps} layers on a {P.cube[-1]}-dimensional input; three layers need a"
        f" {P.widths[0]} → {P.widths[0]} one, which is not given",
        equal(P.layers.holds(steps)) if P.widths[0] != P.cube[-1] else OPEN,
    )


def _validation_rows() -> Check:
    left = 100 - P.train_share.value - P.test_share.value
    return Check(
        "There are validation images beside the test images",
        f"“{P.train_share}% of the entire dataset, the rest {P.test_share}% … as test data” ({P.train_share.where}); “Val"
        " Acc” (Table 2); “validation set and the test set” (§3)",
        f"100 - {P.train_share} - {P.test_share} = {left} % left for validation: Table 2's are the test images, which the"
        " text also calls them",
        equal(left > 0),
    )


def _loss_weights() -> Check:
    pull, rows = loss_shares(), class_rows()
    before, after = (max(n.values()) / Fraction(min(n.values())) for n in (rows, pull))
    return Check(
        "Loss weights make classes more equal",
        f"“alleviating the category imbalance, we set w = [{', '.join(map(str, P.loss_weights.values()))}]”"
        f" ({P.loss_weights['happy'].where})",
        f"largest over smallest class: {decimal(before, 1)} by images, {decimal(after, 1)} by images × weight; happy, the most"
        f" frequent, goes from {_percent(rows)} % to {_percent(pull)} % of the loss (order of §1; happy is also fourth in"
        " alphabetical order)",
        equal(after < before),
    )


def _percent(shares: dict) -> str:
    return decimal(Fraction(100) * shares["happy"] / sum(shares.values()), 1)


def _text_and_table(model: str) -> Check:
    text, (train, validation) = P.text[model], P.accuracies[model]
    same = text.holds(100 * validation.value)
    fits = f"{text} fits" if text.holds(100 * train.value) else "nor is it"
    note = "" if same else f"; {fits} the training accuracy, {decimal(100 * train.value, 1)}"
    return Check(
        f"{model}: accuracy in the text",
        f"{text}% ({text.where}); Train Acc {train}, Val Acc {validation} ({validation.where})",
        f"100 × {validation} = {decimal(100 * validation.value, 1)}{note}",
        equal(same),
    )


def _resnet50_text() -> Check:
    _, validation = P.accuracies["ResNet50 + CNN"]
    return Check(
        "ResNet50 + CNN: validation accuracy in the text",
        f"“validation accuracy of {P.resnet50_validation}%” ({P.resnet50_validation.where}); {validation}"
        f" ({validation.where})",
        f"100 × {validation} = {decimal(100 * validation.value, 1)}",
        equal(P.resnet50_validation.holds(100 * validation.value)),
    )


def gains() -> dict[str, Fraction]:
    """Return ResNet50 + CNN's lead over the other two models of Table 2, in points."""
    _, best = P.accuracies["ResNet50 + CNN"]
    return {name: 100 * (best.value - other.value) for name, (_, other) in list(P.accuracies.items())[:2]}


def _gain() -> Check:
    found, (_, best) = gains(), P.accuracies["ResNet50 + CNN"]
    differences = "; ".join(
        f"{best} - {P.accuracies[name][1]} = {decimal(points, 1)} points over {name}"
        f" ({decimal(100 * (best.value / P.accuracies[name][1].value - 1), 1)} %)"
        for name, points in found.items()
    )
    texts = [number.value for number in P.text.values()]
    return Check(
        "Lead over the benchmark CNN",
        f"“{P.gain}% higher than that of the benchmark CNN” ({P.gain.where})",
        f"{differences}; {P.gain} is {texts[2]} - {texts[1]}, from the text's own numbers for the residual CNN",
        equal(any(P.gain.holds(points) for points in found.values())),
    )
