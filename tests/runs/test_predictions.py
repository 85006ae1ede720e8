"""predictions.npz: what is stored once, what comes back, and what is refused."""

import numpy as np
import pytest

from fer_keras.io.errors import UserError
from fer_keras.runs import predictions


def shares(rng, count, classes=7):
    scores = np.exp(rng.normal(size=(count, classes)) * 3)
    return (scores / scores.sum(axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture
def splits():
    """Test and private images, the private ones being the second half of the tested; variants of each."""
    rng = np.random.default_rng(0)
    test = {"rows": np.arange(500, 700), "labels": rng.integers(7, size=200), "probabilities": shares(rng, 200)}
    clean = rng.random(200) < 0.9
    private = {name: array[100:] for name, array in test.items()}
    flip = test | {"probabilities": shares(rng, 200)}
    return {
        "select": {"rows": np.arange(50), "labels": rng.integers(7, size=50), "probabilities": shares(rng, 50)},
        "test": test,
        "test_clean": {name: array[clean] for name, array in test.items()},
        "test_ferplus": {name: array[:150] for name, array in (test | {"labels": rng.integers(7, size=200)}).items()},
        "test_flip": flip,
        "private": private,
        "private_flip": {name: array[100:] for name, array in flip.items()},
    }


def record_of(path, splits):
    digest = predictions.save(path, splits)
    names = {"file": path.name, "sha256": digest, "splits": list(splits)}
    return {"predictions": names, "data": {"class_names": list("abcdefg")}}


def test_every_split_comes_back(splits, tmp_path):
    stored = predictions.read(tmp_path, record_of(tmp_path / "p.npz", splits))
    assert list(stored) == list(splits)
    for split, part in splits.items():
        assert {name: array.dtype for name, array in stored[split].items()} == {
            "rows": np.int64,
            "labels": np.int64,
            "probabilities": np.float32,
        }
        np.testing.assert_array_equal(stored[split]["rows"], part["rows"])
        np.testing.assert_array_equal(stored[split]["labels"], part["labels"])
        np.testing.assert_array_equal(stored[split]["probabilities"], predictions.rounded(part["probabilities"]))


def test_what_repeats_another_split_costs_a_mask(splits, tmp_path):
    predictions.save(tmp_path / "p.npz", splits)
    with np.load(tmp_path / "p.npz") as archive:
        names = sorted(archive)
    assert [name for name in names if not name.endswith(("/base", "/mask"))] == [
        *("select/labels", "select/probabilities", "select/rows"),
        *("test/labels", "test/probabilities", "test/rows", "test_ferplus/labels", "test_flip/probabilities"),
    ]


def test_probabilities_take_two_bytes_and_the_largest_none(splits, tmp_path):
    predictions.save(tmp_path / "p.npz", splits)
    with np.load(tmp_path / "p.npz") as archive:
        stored = archive["test/probabilities"]
    exponent, mantissa = stored >> 8, stored & 255
    absent = exponent == 255
    np.testing.assert_array_equal(absent.argmax(axis=1), splits["test"]["probabilities"].argmax(axis=1))
    assert stored.dtype == np.uint16 and (absent.sum(axis=1) == 1).all() and (mantissa[absent] > 0).all()
    values = np.ldexp(1 + mantissa[~absent] / 256, exponent[~absent].astype(int) - 127)
    np.testing.assert_array_equal(values, predictions.rounded(splits["test"]["probabilities"])[~absent])


def test_rounding_is_within_its_bounds_and_keeps_the_most_probable_class():
    exact = shares(np.random.default_rng(1), 5000)
    rounded = predictions.rounded(exact)
    assert (rounded.argmax(axis=1) == exact.argmax(axis=1)).all()
    largest = exact == exact.max(axis=1, keepdims=True)
    errors = np.abs(rounded - exact)
    assert errors[~largest].max() <= predictions.STEP / 2 and errors[largest].max() <= 6 * predictions.STEP / 2
    assert (errors / exact)[~largest].max() <= 2.0**-predictions.LEAST_BITS
    np.testing.assert_allclose(rounded.sum(axis=1, dtype=np.float64), 1, atol=1e-7)
    np.testing.assert_array_equal(predictions.rounded(rounded), rounded)


def test_classes_that_rounding_would_make_equal_stay_apart():
    step = predictions.STEP
    close = np.float32([[0.2, 0.4 - 2e-8, 0.4 + 2e-8], [0.5, 0.5, 0.0], [1.0, 0.0, 0.0]])
    assert predictions.rounded(close).tolist() == [
        [205 * step, 409 * step, 410 * step],
        [0.5 + step, 0.5 - step, 0.0],
        [1.0, 0.0, 0.0],
    ]
    assert predictions.rounded(np.full((1, 7), 1 / 7)).argmax() == 0


def test_small_probabilities_stay_small_and_above_zero():
    tiny = 3.3e-30
    rounded = predictions.rounded(np.array([[1 - tiny, tiny]]))
    assert rounded[0, 1] == pytest.approx(tiny, rel=2.0**-predictions.LEAST_BITS) and rounded[0, 0] == 1


def read_of_four_bytes(folder, part, probabilities):
    planes = np.moveaxis(probabilities.view(np.uint8).reshape(*probabilities.shape, 4), -1, 0)
    labels = part["labels"].astype(np.uint8)
    arrays = {"rows": np.diff(part["rows"], prepend=0), "labels": labels, "probabilities": planes}
    np.savez(folder / "p.npz", **{f"select/{name}": array for name, array in arrays.items()})
    names = {"file": "p.npz", "sha256": predictions.digest(folder / "p.npz"), "splits": ["select"]}
    return predictions.read(folder, {"predictions": names, "data": {"class_names": list("abcdefg")}})["select"]


def test_all_four_bytes_of_before_are_read(splits, tmp_path):
    exact = splits["select"]["probabilities"]
    read = read_of_four_bytes(tmp_path, splits["select"], exact)
    np.testing.assert_array_equal(read["probabilities"], exact)
    with pytest.raises(UserError, match="numbers outside 0..1 as probabilities of select"):
        read_of_four_bytes(tmp_path, splits["select"], np.full((50, 7), 1.5, np.float32))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ([0.5, 0, 0, 0, 0, 0, 0], "a sum of 0.5 and a least of 0"),
        ([1.5, -0.5, 0, 0, 0, 0, 0], "a sum of 1 and a least of -0.5"),
        ([np.nan] * 7, "a sum of nan and a least of nan"),
    ],
)
def test_what_is_no_distribution_is_not_saved(splits, tmp_path, row, told):
    splits["test"]["probabilities"][3] = row
    with pytest.raises(
        UserError, match=f"in 0..1 whose sum is within 0.01 of 1 for each image of test. Received: {told}"
    ):
        predictions.save(tmp_path / "p.npz", splits)
    assert not (tmp_path / "p.npz").exists()


@pytest.mark.parametrize(
    ("split", "change", "says"),
    [
        ("test", {"labels": np.full(200, 7)}, "label 7 in test"),
        ("test", {"labels": np.zeros(5, np.int64)}, "test of shapes"),
        ("test", {"probabilities": np.full((200, 6), 1 / 6, np.float32)}, "test of shapes"),
        ("select", {"rows": np.zeros(0, np.int64)}, "select of shapes"),
    ],
)
def test_arrays_that_do_not_fit_are_refused_where_they_are_read(splits, tmp_path, monkeypatch, split, change, says):
    monkeypatch.setattr(predictions, "_require_labels", lambda *_: None)
    del splits["test_clean"], splits["test_ferplus"], splits["test_flip"], splits["private"], splits["private_flip"]
    splits[split] |= change
    record = record_of(tmp_path / "p.npz", splits)
    with pytest.raises(
        UserError, match=f"Expected rows, labels and probabilities of 7 classes in .*p.npz. Received: .*{says}"
    ):
        predictions.read(tmp_path, record)


def test_a_base_that_does_not_come_before_is_refused(splits, tmp_path):
    record = record_of(tmp_path / "p.npz", splits)
    record["predictions"]["splits"] = ["private", "test"]
    with pytest.raises(UserError, match="Received: 'test'"):
        predictions.read(tmp_path, record)


def test_a_file_that_the_record_does_not_name_is_refused(splits, tmp_path):
    record = record_of(tmp_path / "p.npz", splits)
    predictions.save(tmp_path / "p.npz", {"test": splits["test"]})
    with pytest.raises(UserError, match="Expected the predictions whose sha256 stands in the record"):
        predictions.read(tmp_path, record)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"labels": np.full(200, 7)}, "labels of test in 0..6. Received: 7 to 7"),
        ({"labels": np.full(200, -1)}, "labels of test in 0..6. Received: -1 to -1"),
        (
            dict.fromkeys(("rows", "labels"), np.zeros(0, int)) | {"probabilities": np.zeros((0, 7))},
            "images in the split test",
        ),
    ],
)
def test_labels_of_no_class_and_empty_splits_are_not_saved(splits, tmp_path, changed, told):
    splits["test"] |= changed
    with pytest.raises(UserError, match=told):
        predictions.save(tmp_path / "p.npz", splits)
    assert not (tmp_path / "p.npz").exists()
