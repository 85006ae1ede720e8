import numpy as np
import pytest

from fer_keras.data.balance import epoch_order, repeats

NAMES = ("angry", "disgust", "happy")
LABELS = np.array([0, 1, 2, 2, 1, 0, 0])


def test_repeats_by_class():
    assert repeats(LABELS, NAMES, {}).tolist() == [1, 1, 1, 1, 1, 1, 1]
    assert repeats(LABELS, NAMES, {"disgust": 3, "happy": 2}).tolist() == [1, 3, 2, 2, 3, 1, 1]


def test_an_oversampled_class_enters_so_many_times_with_copies_counted_from_0():
    positions, copies = epoch_order(LABELS, NAMES, {"disgust": 3}, seed=1, epoch=0)

    assert positions.dtype == np.int64
    assert copies.dtype == np.int32
    assert sorted(zip(positions.tolist(), copies.tolist(), strict=True)) == [
        (0, 0),
        *((1, copy) for copy in range(3)),
        (2, 0),
        (3, 0),
        *((4, copy) for copy in range(3)),
        (5, 0),
        (6, 0),
    ]


def test_paper_003s_oversampling_of_fer2013():
    counts = (3995, 436, 4097, 7215, 4830, 3171, 4965)
    names = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
    labels = np.repeat(np.arange(7), counts)
    positions, _ = epoch_order(labels, names, {"disgust": 3}, seed=0, epoch=0)

    assert len(positions) == 28_709 + 2 * 436
    assert np.bincount(labels[positions]).tolist() == [3995, 3 * 436, *counts[2:]]


def test_the_order_is_a_function_of_seed_and_epoch():
    labels = np.zeros(500, int)
    first = epoch_order(labels, NAMES, {"angry": 2}, seed=1, epoch=0)
    again = epoch_order(labels, NAMES, {"angry": 2}, seed=1, epoch=0)
    others = [epoch_order(labels, NAMES, {"angry": 2}, seed=s, epoch=e)[0] for s, e in ((1, 1), (2, 0))]

    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert all(np.mean(first[0] == other) < 0.02 for other in others)
    assert abs(np.corrcoef(first[0], np.arange(1000))[0, 1]) < 0.15


def test_the_shuffle_is_fair():
    """Over many epochs each row comes first, and each in the last place, about equally often."""
    orders = np.stack([epoch_order(LABELS, NAMES, {}, seed=0, epoch=e)[0] for e in range(2100)])
    for place in (0, 6):
        counts = np.bincount(orders[:, place], minlength=7)
        assert ((counts - 300) ** 2 / 300).sum() < 25


@pytest.mark.parametrize(
    ("oversample", "received"),
    [({"contempt": 2}, r"\['contempt'\]"), ({"happy": 0}, "0"), ({"happy": 1.5}, "1.5"), ({"happy": True}, "True")],
)
def test_unknown_classes_and_strange_times_are_refused(oversample, received):
    with pytest.raises(ValueError, match=f"Expected .* Received: {received}"):
        epoch_order(LABELS, NAMES, oversample, seed=0, epoch=0)
