"""Paper 001: do shares and counts, accuracies in text and screenshots, and what is concluded from them agree?"""

import math
from fractions import Fraction

from fer_keras.config.labels import FER2013_CLASSES, TRAIN
from fer_keras.studies.paper_consistency import implied
from fer_keras.studies.paper_consistency.implied import OPEN, Check, counts, decimal, equal
from fer_keras.studies.paper_consistency.printed import PAPER_001 as P
from fer_keras.studies.paper_consistency.printed import Number

TEST_ROWS = int(P.rows["Test"][0].value)


def checks() -> list[Check]:
    """Return the comparisons in the paper's order."""
    return [
        _split_sum(),
        *(_share(name) for name in P.rows),
        _same_configuration(),
        *(_screenshot(text, exact) for text, exact in P.printouts),
        _test_rows(),
        _validation_rows(),
        _first_loss(),
        _baseline_matrix(),
        _slightly_better(),
        _spatial_attention(),
        _synergy(),
        _epochs_cap(),
    ]


def reachable(numbers: list[Number], rows: int, unit: int = 1) -> list[bool]:
    """Say of each share whether some whole count of `rows` images rounds to it."""
    return [len(counts(number, rows, unit)) > 0 for number in numbers]


def effects() -> dict[str, Fraction]:
    """Return Table I's differences in points: attention alone, transfer alone, both, and both beyond the sum of the two."""
    attention, transfer, both = (model.value - P.baseline.value for model in (P.attention_cnn, P.resnet50, P.cbam_20))
    return {"attention": attention, "transfer": transfer, "both": both, "beyond": both - attention - transfer}


def _points(value: Fraction) -> str:
    return f"{float(value):+.1f}"


def _split_sum() -> Check:
    rows = [int(number.value) for number, _ in P.rows.values()]
    return Check(
        "The three splits make the data set",
        f"“{P.images} grayscale facial images” ({P.images.where})",
        f"{' + '.join(f'{n:,}' for n in rows)} = {sum(rows):,}",
        equal(P.images.holds(sum(rows))),
    )


def _share(name: str) -> Check:
    rows, share = P.rows[name]
    found = 100 * rows.value / P.images.value
    return Check(
        f"{name} images as a share of all",
        f"“{name} set: {rows} images (approximately {share}%)” ({share.where})",
        f"{rows} / {P.images} = {decimal(found, 1)} %",
        equal(share.holds(found)),
    )


def _same_configuration() -> Check:
    epochs = (P.baseline_epochs, P.resnet50_epochs, P.cbam_epochs)
    return Check(
        "The four models were trained alike",
        "“trained under the same configuration for a fair comparison” (§III.D)",
        f"{', '.join(map(str, epochs))} epochs for baseline, ResNet-50 and ResNet-50 + CBAM (§IV); inputs of"
        f" {P.cnn_side} and {P.resnet_side} pixels (§III.B)",
        equal(len({number.value for number in epochs}) == 1 and P.cnn_side.value == P.resnet_side.value),
    )


def _screenshot(text: Number, exact: Number) -> Check:
    return Check(
        f"Accuracy {text} % in the text and in the appendix",
        f"{text}% ({text.where}); “Test Accuracy: {exact}” ({exact.where})",
        f"100 × {exact} = {decimal(100 * exact.value, 2)}",
        equal(text.holds(100 * exact.value)),
    )


def _nearest(number: Number, rows: int) -> str:
    below = int(number.value * rows)
    return " and ".join(f"{n:,} / {rows:,} = {decimal(Fraction(n, rows), 4)}" for n in (below, below + 1))


def _test_rows() -> Check:
    exact = [number for _, number in P.printouts]
    found = reachable(exact, TEST_ROWS)
    missed = [number for number, reached in zip(exact, found, strict=True) if not reached]
    fifth = implied.rows() // 5
    fits = all(reachable(exact, fifth))
    return Check(
        "Test accuracies are whole counts of the test images",
        f"Test set: {TEST_ROWS:,} images ({P.rows['Test'][0].where}); {', '.join(f'{n} ({n.where})' for n in exact)}",
        "; ".join(f"{number}: {_nearest(number, TEST_ROWS)}" for number in missed)
        + (f". All three are counts of {fifth:,} images, 20 % of the whole set, rounded down" if fits else ""),
        equal(all(found)),
    )


def _validation_rows() -> Check:
    rows, numbers = int(P.rows["Validation"][0].value), list(P.validation)
    found = reachable(numbers, rows)
    fifth = implied.rows(TRAIN) // 5
    missed = [str(number) for number, reached in zip(numbers, found, strict=True) if not reached]
    fits = all(reachable(numbers, fifth))
    return Check(
        "Validation accuracies are whole counts of the validation images",
        f"Validation set: {rows:,} images ({P.rows['Validation'][0].where}); {', '.join(map(str, numbers))}"
        f" ({numbers[0].where})",
        f"no count of {rows:,} images gives {', '.join(missed)}"
        + (f"; all five are counts of {fifth:,} images, 20 % of Training, rounded down" if fits else ""),
        equal(all(found)),
    )


def least_loss(accuracy: Number) -> float:
    """Return the least cross-entropy, in nats, of probabilities that are calibrated and right that often.

    The loss of calibrated probabilities is the mean entropy; of one image it is at least minus the logarithm of the largest
    probability, and the mean of those is at least that of their mean (Jensen), which calibration makes the accuracy.
    """
    return -math.log(accuracy.value)


def _first_loss() -> Check:
    loss, accuracy, classes = P.losses[0], P.validation[0], len(FER2013_CLASSES)
    least = least_loss(accuracy)
    return Check(
        "The first epoch's loss fits its accuracy",
        f"“Epoch [1/5], Loss: {loss}, Val Accuracy: {accuracy}” ({loss.where})",
        f"calibrated probabilities that are right in {accuracy} of the images have a loss of at least -ln {accuracy} ="
        f" {least:.4f}, and a new output layer begins near ln {classes} = {math.log(classes):.3f}. A mean over the first epoch"
        f" of {loss} would have the training images known better, on average over that epoch, than the validation images are"
        " after it. It may be the last batch's loss (the code is not shown), or the run was not the first of its weights",
        OPEN if loss.high < least else implied.AGREES,
    )


def _baseline_matrix() -> Check:
    return Check(
        "The baseline's confusion matrix is that of its accuracy",
        f"“{P.baseline}% accuracy after {P.baseline_epochs} epochs” ({P.baseline_epochs.where}); “Confusion Matrix for the"
        f" Baseline CNN model after {P.matrix_epochs} epochs” ({P.matrix_epochs.where})",
        f"{P.matrix_epochs} epochs are not {P.baseline_epochs}: the matrix shows another state of the model",
        equal(P.baseline_epochs.value == P.matrix_epochs.value),
    )


def _slightly_better() -> Check:
    difference = P.attention_cnn.value - P.resnet50.value
    return Check(
        "The attention CNN beside ResNet-50",
        "“performed slightly better than ResNet-50 … still fell short of the baseline” (§IV)",
        f"{P.attention_cnn} - {P.resnet50} = {_points(difference)} points; {P.attention_cnn} - {P.baseline} ="
        f" {_points(effects()['attention'])} (Table I)",
        equal(difference > 0 > effects()["attention"]),
    )


def _spatial_attention() -> Check:
    return Check(
        "Spatial attention helps",
        "“spatial attention and CBAM substantially improved model performance” (§V)",
        f"spatial attention: {P.attention_cnn} - {P.baseline} = {_points(effects()['attention'])} points (Table I)",
        equal(effects()["attention"] > 0),
    )


def _synergy() -> Check:
    found = effects()
    epochs = f"{P.baseline_epochs}, {P.resnet50_epochs} and {P.cbam_epochs}"
    return Check(
        "Attention and transfer are more than the sum of the two",
        "“not merely supplementary, but rather synergistic” (§V)",
        f"against the baseline's {P.baseline}: attention alone {_points(found['attention'])}, transfer alone"
        f" {_points(found['transfer'])}, both {_points(found['both'])}, which is {_points(found['beyond'])} beyond their"
        f" sum. But each alone lowers the accuracy, and epochs differ ({epochs}; not given for the attention CNN), one"
        " run each: training length explains it as well",
        OPEN if found["beyond"] > 0 else implied.DISAGREES,
    )


def _epochs_cap() -> Check:
    return Check(
        "Longest training",
        f"“a maximum of 10–{P.epochs_cap} epochs per model” ({P.epochs_cap.where})",
        f"the baseline trained for {P.baseline_epochs} ({P.baseline_epochs.where})",
        equal(P.baseline_epochs.value <= P.epochs_cap.value),
    )
