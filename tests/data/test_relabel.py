"""FER2013 in eight classes, and the rows that a recipe's `Data` names."""

import dataclasses

import numpy as np
import pytest

from fer_keras.config.labels import AFFECTNET_CLASSES, FER2013_CLASSES, FERPLUS_CLASSES
from fer_keras.config.recipe import Data
from fer_keras.data import phase_data, relabel
from fer_keras.data.faces import Faces
from fer_keras.data.readers import ferplus
from fer_keras.data.splits import divide
from fer_keras.io.errors import UserError
from fer_keras.recipes.p000_resnet34_cbam import EXPERIMENT, FERPLUS_FIRST, RESNET34_CBAM


def voted(n=280):
    """Faces of three splits; every tenth has no majority, the others FER+'s class (row % 8)."""
    rows = np.arange(n)
    votes = np.zeros((n, 10), np.float32)
    votes[rows, rows % 8] = 10
    votes[rows % 10 == 9] = 1
    split = np.where(rows < n // 2, "train", np.where(rows < 3 * n // 4, "public", "private"))
    images = np.broadcast_to((rows % 256).astype(np.uint8)[:, None, None, None], (n, 2, 3, 1)).copy()
    return Faces(images, rows % 7, split, rows, FER2013_CLASSES, source="some faces", votes=votes)


def test_faces_without_majority_are_dropped_and_the_others_relabelled():
    found = relabel.with_ferplus_labels(voted())
    kept = [row for row in range(280) if row % 10 != 9]
    assert found.rows.tolist() == kept and found.labels.tolist() == [row % 8 for row in kept]
    assert found.images[:, 0, 0, 0].tolist() == [row % 256 for row in kept]
    assert found.class_names == FERPLUS_CLASSES and found.votes is None
    assert found.source == "some faces with FER+ labels"


def test_faces_without_votes_are_refused():
    with pytest.raises(UserError, match=r"FER\+ votes .*fer2013new.csv.* Received: none beside some faces"):
        relabel.with_ferplus_labels(dataclasses.replace(voted(), votes=None))


@pytest.mark.parametrize("split", ["official", "merged", "carved", "pooled"])
def test_every_row_stays_on_its_side_of_the_division(split):
    seven = divide(voted(), split, seed=3)
    found = phase_data.divided(Data("ferplus", split), voted(), seed=3)
    keep = {row for row in range(280) if row % 10 != 9}
    for ours, theirs in ((found.train, seven.train), (found.select, seven.select)):
        assert ours.rows.tolist() == [row for row in theirs.rows if row in keep]
    assert (found.test.name, len(found.test) > 0) == (seven.test.name, True)
    opened = found.test.open("test", finished=True)
    assert not set(opened.rows) & {*seven.train.rows, *seven.select.rows}
    assert found.test.access[0]["split"] == seven.test.name and not seven.test.access
    assert (found.private is None) == (seven.private is None)


def test_phase_1_touches_no_test_row_of_phase_2():
    first, second = (phase.data or FERPLUS_FIRST.data for phase in FERPLUS_FIRST.phases)
    assert (first.dataset, second.dataset, first.split) == ("ferplus", "fer2013", second.split)
    trained = phase_data.divided(first, voted(), seed=0)
    tested = phase_data.divided(second, voted(), seed=0)
    assert not {*trained.train.rows, *trained.select.rows} & set(tested.test.open("test", finished=True).rows)
    assert not set(trained.train.rows) & set(tested.select.rows)


def test_what_is_missing_is_said_before_anything_is_read(tmp_path):
    faces = voted()
    phase_data.require(FERPLUS_FIRST, faces, {})
    phase_data.require(RESNET34_CBAM, faces, {"affectnet": tmp_path})
    with pytest.raises(UserError, match=r"--affectnet PATH .* --only resnet34_cbam_ferplus") as caught:
        phase_data.require(RESNET34_CBAM, faces, {})
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match=r"fer2013new.csv"):
        phase_data.require(FERPLUS_FIRST, dataclasses.replace(faces, votes=None), {})
    for data in (Data(soft_labels=True), Data(expected_labels=0.5)):
        soft = dataclasses.replace(FERPLUS_FIRST, data=data, phases=FERPLUS_FIRST.phases[1:], profiles={})
        with pytest.raises(UserError, match="soft labels"):
            phase_data.require(soft, dataclasses.replace(faces, votes=None), {})


@pytest.mark.parametrize(
    ("dataset", "names", "channels"), [("affectnet", AFFECTNET_CLASSES, 3), ("ferplus", FERPLUS_CLASSES, 1)]
)
def test_drawn_faces_stand_in_for_any_set_in_the_demo(toy, dataset, names, channels):
    phase_data.require(EXPERIMENT.recipes[0], toy, {})
    found = phase_data.divided(Data(dataset), toy, seed=0)
    assert found.train.class_names == names and found.train.images.shape == (240, 48, 48, channels)
    named = [names[label] for label in found.train.labels]
    assert named == [FER2013_CLASSES[label] for label in toy.where("train").labels]
    assert found.train.synthetic
    with pytest.raises(ValueError, match="Expected drawn faces. Received: some faces"):
        relabel.drawn(voted(), names, channels)


def test_the_record_says_what_the_first_phase_was_trained_on():
    rows_of = lambda data: phase_data.divided(data, voted(), seed=0)  # noqa: E731
    (phase, found), *others = phase_data.described(FERPLUS_FIRST, rows_of).items()
    train = rows_of(FERPLUS_FIRST.phases[0].data).train
    assert (phase, others) == ("ferplus", [])
    counts = {name: int((train.labels == label).sum()) for label, name in enumerate(train.class_names)}
    source = {"source": "some faces with FER+ labels", "fingerprint": train.fingerprint}
    assert found == {**source, "rows": len(train), "counts": counts}


def test_the_rows_with_a_majority_are_the_ones_that_the_recipe_weighs():
    weights = FERPLUS_FIRST.phases[0].class_weights
    counts = {name: 25060 / 8 / weight for name, weight in weights.items()}
    assert sum(counts.values()) == pytest.approx(25060) and counts["contempt"] == pytest.approx(119)
    assert ferplus.majority(voted().votes)[1].sum() == 252
