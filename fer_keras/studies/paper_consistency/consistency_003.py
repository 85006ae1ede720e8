"""Paper 003: do class weights and counts, units, layer numbers and recalls agree?"""

import itertools
import math
from fractions import Fraction

from fer_keras.config.labels import PRIVATE, PUBLIC, TRAIN
from fer_keras.studies.paper_consistency import implied
from fer_keras.studies.paper_consistency.implied import OPEN, Check, Range, class_rows, counts, decimal, equal
from fer_keras.studies.paper_consistency.printed import PAPER_003 as P

SAMPLES = {name: samples for name, (samples, _) in P.weights.items()}
RESNET50_LAYERS = 175
"""Layers of keras.applications.ResNet50(include_top=False), numbered 0 to 174."""


def checks() -> list[Check]:
    """Return the comparisons in the paper's order."""
    return [
        _attention_scale(),
        _frequency_groups(),
        _layer_numbers(),
        _shear_radians(),
        _shear_unit(),
        _samples(),
        _weights_order(),
        _balanced_weights(),
        _one_constant(),
        _recalls(),
        _happy_rows(),
    ]


def remaining_recall() -> Range:
    """Return the mean recall, in per cent, that the balanced accuracy leaves for the five classes whose recall is not given."""
    printed, classes = P.recalls.values(), len(SAMPLES)
    rest = classes - len(P.recalls)
    low, high = (
        (classes * getattr(P.balanced_accuracy, a) - sum(getattr(n, b) for n in printed)) / rest
        for a, b in (("low", "high"), ("high", "low"))
    )
    return Range(low, (classes * P.balanced_accuracy.value - sum(n.value for n in printed)) / rest, high)


def _attention_scale() -> Check:
    width, heads = int(P.width.value), int(P.heads.value)
    key = width // heads
    return Check(
        "What attention scores are divided by",
        f"“Softmax(QKᵀ/√D)”, “D = {P.width}”, “{P.heads} parallel attention heads” ({P.width.where})",
        f"one head of width {width}: √{width} = {decimal(math.sqrt(width), 2)}; {heads} heads of {width} / {heads} = {key}"
        f" (as Keras's MultiHeadAttention): √{key} = {decimal(math.sqrt(key), 0)}, so published scores are"
        f" {decimal(math.sqrt(width / key), 2)} times flatter. The formula is given for one head only",
        OPEN,
    )


def _frequency_groups() -> Check:
    least = min(P.high_frequency, key=SAMPLES.get)
    larger = [name for name in P.low_frequency if SAMPLES[name] > SAMPLES[least]]
    return Check(
        "High-frequency classes have more images than low-frequency ones",
        "“"
        + "”, “".join(name.title() for name in P.high_frequency)
        + "” (high-frequency classes) (§2.3); samples (§5.1)",
        f"{least} has {SAMPLES[least]:,}; of the low-frequency classes"
        f" {', '.join(f'{name} {SAMPLES[name]:,}' for name in larger)} have more",
        equal(not larger),
    )


def _layer_numbers() -> Check:
    slices = sorted(P.unfrozen)
    joined = all(first[1] == second[0] for first, second in itertools.pairwise(slices))
    lengths = " + ".join(str(end - start) for start, end in slices)
    total = slices[-1][1] - slices[0][0]
    return Check(
        "Unfrozen layers exist and follow each other",
        f"{', '.join(f'“layers {start}–{end}”' for start, end in P.unfrozen)} (§3.2)",
        f"ResNet50 without top has {RESNET50_LAYERS} layers, 0 to {RESNET50_LAYERS - 1}: there is no layer"
        f" {RESNET50_LAYERS}, and as closed ranges 140 and 160 occur twice; as Python slices the ranges join without a gap:"
        f" {lengths} = {total} layers. layers[{RESNET50_LAYERS}:] would be empty",
        OPEN if joined and slices[-1][1] == RESNET50_LAYERS else implied.DISAGREES,
    )


def _shear_radians() -> Check:
    degrees = math.degrees(P.shear.value)
    return Check(
        "Shear in degrees",
        f"“Shear: {P.shear} (~{P.shear_degrees}°)” ({P.shear.where})",
        f"{P.shear} rad × 180 / π = {decimal(degrees, 1)}°",
        equal(P.shear_degrees.holds(Fraction(degrees))),
    )


def _shear_unit() -> Check:
    return Check(
        "Shear in the tool that is named",
        f"“Implemented via TensorFlow's ImageDataGenerator” (§4.2); “Shear: {P.shear} (~{P.shear_degrees}°)”"
        f" ({P.shear.where})",
        f"its shear_range is in degrees: {P.shear} there is {P.shear}°, {decimal(P.shear_degrees.value / P.shear.value, 1)}"
        f" times less than {P.shear_degrees}°",
        equal(P.shear_degrees.holds(P.shear.value)),
    )


def _samples() -> Check:
    every = class_rows()
    return Check(
        "Samples are FER2013's",
        f"Samples {', '.join(f'{name} {n}' for name, n in SAMPLES.items())} (§5.1)",
        f"the counts of all {sum(every.values()):,} images, of which Training has {implied.rows(TRAIN):,}: such weights"
        " use the test labels",
        equal(every == SAMPLES),
    )


def _weights_order() -> Check:
    ranked = sorted(P.weights, key=SAMPLES.get)
    weights = [P.weights[name][1].value for name in ranked]
    return Check(
        "Rarer classes weigh more",
        "“higher weights to underrepresented classes” (§5.1)",
        " > ".join(f"{name} {P.weights[name][1]}" for name in ranked),
        equal(weights == sorted(set(weights), reverse=True)),
    )


def _balanced_weights() -> Check:
    found = implied.balanced_weights(SAMPLES)
    ratios = [weight.value / found[name] for name, (_, weight) in P.weights.items()]
    return Check(
        "Class weights are n / (K n_c), the usual inverse frequency",
        f"“Inverse frequency weighting”: {_weights()} (§5.1)",
        f"{sum(SAMPLES.values()):,} / (7 n_c): {', '.join(f'{name} {decimal(w, 2)}' for name, w in found.items())};"
        f" the published ones are {decimal(min(ratios), 3)} to {decimal(max(ratios), 3)} times these",
        equal(all(weight.holds(found[name]) for name, (_, weight) in P.weights.items())),
    )


def _one_constant() -> Check:
    intervals = implied.constants(P.weights)
    low, high, inside = implied.best_constant(intervals)
    missed = [name for name in intervals if name not in inside]
    instead = ", ".join(
        f"{name} would be {decimal(low / SAMPLES[name], 3)} to {decimal(high / SAMPLES[name], 3)}, published"
        f" {P.weights[name][1]}"
        for name in missed
    )
    return Check(
        "Class weights are some constant over n_c",
        f"“Inverse frequency weighting”: {_weights()} (§5.1)",
        f"weight × n_c: {', '.join(f'{n} {decimal(a, 0)} to {decimal(b, 0)}' for n, (a, b) in intervals.items())}. Best:"
        f" {decimal(low, 0)} to {decimal(high, 0)} gives {len(inside)} of {len(intervals)}"
        + (f"; {instead}" * bool(missed)),
        equal(not missed),
    )


def _weights() -> str:
    return ", ".join(f"{name} {weight}" for name, (_, weight) in P.weights.items())


def _recalls() -> Check:
    found = remaining_recall()
    return Check(
        "Balanced accuracy leaves possible recalls",
        f"Balanced Accuracy {P.balanced_accuracy}% ({P.balanced_accuracy.where}); recall of happy {P.recalls['happy']}%, of"
        f" disgust {P.recalls['disgust']}% ({P.recalls['happy'].where})",
        f"(7 × {P.balanced_accuracy} - {P.recalls['happy']} - {P.recalls['disgust']}) / 5 = {found.text(1)} % on average for"
        " the other five",
        equal(0 <= found.low and found.high <= 100),
    )


def happy_rows() -> dict[str, int]:
    """Return the images of happy in each test set that FER2013 knows."""
    named = {"PrivateTest": (PRIVATE,), "PublicTest": (PUBLIC,), "both together": (PUBLIC, PRIVATE)}
    return {name: class_rows(*splits)["happy"] for name, splits in named.items()}


def _happy_rows() -> Check:
    recall, found = P.recalls["happy"], []
    fits = {name: counts(recall, rows, unit=100) for name, rows in happy_rows().items()}
    for name, rows in happy_rows().items():
        below = int(recall.value * rows / 100)
        near = fits[name] or (below, below + 1)
        shares = " and ".join(f"{n} / {rows} = {decimal(Fraction(100 * n, rows), 2)}" for n in near)
        found.append(f"{name}: {shares} %")
    return Check(
        "Recall of happy is a whole count of the test images",
        f"“Recall={recall}%” ({recall.where}); no split is named",
        "; ".join(found),
        equal(all(fits.values())) if len({bool(fit) for fit in fits.values()}) == 1 else OPEN,
    )
