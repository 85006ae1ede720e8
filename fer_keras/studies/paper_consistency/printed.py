"""What the five papers print, as data: each number as its text, so that its last digit is known, and its place.

Places are the papers' own ("Table I", "§5.1"); paper 002 numbers no sections, so its headings stand instead. Class
names are this project's. What follows from these numbers is computed for reports/consistency.md.
"""

import dataclasses
from fractions import Fraction
from types import SimpleNamespace


@dataclasses.dataclass(frozen=True)
class Number:
    """A printed number: `text` without its unit ("0.68", "28,709"), and `where` it stands.

    It holds every value that rounds to it: half a unit of its last digit to either side.
    """

    text: str
    where: str

    def __str__(self) -> str:
        return self.text

    @property
    def value(self) -> Fraction:
        """The number itself, exactly as printed."""
        return Fraction(self.text.replace(",", ""))

    @property
    def half(self) -> Fraction:
        """Half a unit of the last digit: 0.005 for "0.68", 0.5 for "68"."""
        return Fraction(1, 2 * 10 ** len(self.text.partition(".")[2]))

    @property
    def low(self) -> Fraction:
        """The least value that rounds to this number."""
        return self.value - self.half

    @property
    def high(self) -> Fraction:
        """The largest value that rounds to this number."""
        return self.value + self.half

    def holds(self, value: Fraction | int) -> bool:
        """Say whether `value` rounds to this number (a tie rounds either way)."""
        return self.low <= value <= self.high


@dataclasses.dataclass(frozen=True)
class Line:
    """A line of a classification report; `support` is a count of rows."""

    precision: Number
    recall: Number
    f1: Number
    support: int


def _line(where: str, precision: str, recall: str, f1: str, support: int) -> Line:
    return Line(Number(precision, where), Number(recall, where), Number(f1, where), support)


PAPER_000 = SimpleNamespace(
    report={
        "angry": _line("Table I", "0.59", "0.62", "0.61", 958),
        "disgust": _line("Table I", "0.51", "0.73", "0.60", 111),
        "fear": _line("Table I", "0.56", "0.43", "0.48", 1024),
        "happy": _line("Table I", "0.89", "0.85", "0.87", 1774),
        "neutral": _line("Table I", "0.62", "0.68", "0.65", 1233),
        "sad": _line("Table I", "0.55", "0.57", "0.56", 1247),
        "surprise": _line("Table I", "0.76", "0.80", "0.78", 831),
    },
    macro=_line("Table I", "0.64", "0.67", "0.65", 7178),
    weighted=_line("Table I", "0.68", "0.68", "0.67", 7178),
    accuracy=Number("0.68", "Table I"),
    best_f1=Number("0.87", "§IV.A"),
    worst_f1=Number("0.48", "§IV.A"),
    train=Number("28,709", "§III.C"),
    test=Number("7,178", "§III.C"),
    figure_3={"happy": Number("8,989", "§III.C, Fig. 3"), "disgust": Number("547", "§III.C, Fig. 3")},
    high_confusion={  # (true, called): (rows, per cent of the true class)
        ("fear", "sad"): (229, Number("22.4", "Table II")),
        ("disgust", "angry"): (21, Number("18.9", "Table II")),
        ("sad", "neutral"): (213, Number("17.1", "Table II")),
        ("neutral", "sad"): (194, Number("15.7", "Table II")),
    },
    sad_and_neutral=Number("407", "§IV.B"),
    fear_accuracy=Number("42.8", "Table II"),
    fear_called={"angry": Number("12.8", "Table II"), "surprise": Number("10.1", "Table II")},
    chi_square=Number("16557.93", "Table II"),
    freedom=Number("36", "Table II"),
    p_value=Number("0.0000", "Table II"),
    mean_baseline=Number("68", "§IV.C"),
    affectnet_train=Number("22,900", "§III.B"),
    affectnet_classes=Number("8", "§III.B"),
    affectnet_each=(Number("2,800", "§III.B"), Number("2,900", "§III.B")),
)

PAPER_001 = SimpleNamespace(
    rows={  # rows, per cent of all
        "Training": (Number("28,709", "§III.B"), Number("70", "§III.B")),
        "Validation": (Number("3,589", "§III.B"), Number("10", "§III.B")),
        "Test": (Number("3,589", "§III.B"), Number("20", "§III.B")),
    },
    images=Number("35,887", "§III.B"),
    baseline=Number("58.9", "Table I"),
    resnet50=Number("43.5", "Table I"),
    attention_cnn=Number("45.4", "Table I"),
    cbam_20=Number("67.4", "Table I"),
    printouts=(  # per cent in the text, fraction in the screenshot
        (Number("66.2", "§IV"), Number("0.6624", "Fig. A.3")),
        (Number("67.4", "§IV"), Number("0.6737", "Fig. A.4")),
        (Number("45.4", "§IV"), Number("0.4538", "Fig. A.2")),
    ),
    validation=tuple(Number(text, "Fig. A.3") for text in ("0.6309", "0.6302", "0.6579", "0.6581", "0.6523")),
    losses=tuple(Number(text, "Fig. A.3") for text in ("0.4189", "0.2471", "0.0840", "0.0339", "0.0324")),
    baseline_epochs=Number("30", "§IV"),
    matrix_epochs=Number("10", "Fig. IV.1"),
    resnet50_epochs=Number("5", "§IV"),
    cbam_epochs=Number("20", "§IV"),
    epochs_cap=Number("20", "§V"),
    cnn_side=Number("128", "§III.B"),
    resnet_side=Number("224", "§III.B"),
)

PAPER_002 = SimpleNamespace(
    test=Number("70", "Result Discussion"),
    first_model=Number("67", "Result Discussion"),
    other_cnn=Number("56", "Result Discussion"),
    gain_first=Number("3", "Result Discussion"),
    gain_cnn=Number("14", "Result Discussion"),
    validation=Number("69.87", "Result Discussion"),
    best_epoch=Number("48", "Result Discussion"),
    epochs=Number("50", "Training Procedure"),
    momentum=Number("0.9", "Training Procedure"),
    emotions={
        "Abstract": ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"),
        "Introduction": ("happiness", "sadness", "anger", "fear", "surprise", "disgust", "neutrality"),
        "Testing Stage": ("afraid", "angry", "disgusted", "sad", "happy", "surprised", "neutral"),
    },
    head=(512, 512, 256, 7),
    head_layers=Number("3", "Training Stage"),
    validation_share=Number("20", "Dataset and Preprocessing"),
)

PAPER_003 = SimpleNamespace(
    weights={  # class: (samples, weight)
        "angry": (4953, Number("0.81", "§5.1")),
        "disgust": (547, Number("7.31", "§5.1")),
        "fear": (5121, Number("0.78", "§5.1")),
        "happy": (8989, Number("0.44", "§5.1")),
        "sad": (6077, Number("0.66", "§5.1")),
        "surprise": (4002, Number("0.99", "§5.1")),
        "neutral": (6198, Number("0.65", "§5.1")),
    },
    high_frequency=("happy", "surprise", "neutral"),
    low_frequency=("angry", "disgust", "fear", "sad"),
    shear=Number("0.4", "§4.2.1"),
    shear_degrees=Number("23", "§4.2.1"),
    width=Number("512", "§2.2"),
    heads=Number("8", "§2.2"),
    unfrozen=((160, 175), (140, 160), (100, 140)),
    balanced_accuracy=Number("58.87", "§6.1"),
    recalls={"happy": Number("83.09", "§6.2"), "disgust": Number("55", "§6.2")},
)

PAPER_004 = SimpleNamespace(
    accuracies={  # fractions: (train, validation)
        "Vanilla CNN": (Number("0.682", "Table 2"), Number("0.662", "Table 2")),
        "Residual block + CNN": (Number("0.724", "Table 2"), Number("0.681", "Table 2")),
        "ResNet50 + CNN": (Number("0.857", "Table 2"), Number("0.857", "Table 2")),
    },
    text={  # per cent, beside Table 2's validation accuracies
        "Vanilla CNN": Number("68", "§3"),
        "Residual block + CNN": Number("70", "§3"),
        "ResNet50 + CNN": Number("86", "§3"),
    },
    resnet50_validation=Number("85.7", "§3"),
    gain=Number("16", "§3"),
    train_share=Number("80", "§3"),
    test_share=Number("20", "§3"),
    loss_weights={  # in the order of §1's list of emotions
        "angry": Number("0.1", "§3"),
        "disgust": Number("0.3", "§3"),
        "fear": Number("0.3", "§3"),
        "happy": Number("1.0", "§3"),
        "sad": Number("0.3", "§3"),
        "surprise": Number("0.3", "§3"),
        "neutral": Number("0.1", "§3"),
    },
    cube=(1, 1, 128),
    widths=(128, 64, 7),
    layers=Number("3", "§2.3"),
)
