"""The registry: every data set of the closed list has its module, and what is said of it is consistent."""

import dataclasses
import pathlib

import numpy as np
import pytest

from fer_keras.config.datasets import CLASS_NAMES, DATASETS, SPLITS
from fer_keras.config.labels import FER2013_CLASSES
from fer_keras.config.recipe import Data
from fer_keras.data import datasets, find, phase_data
from fer_keras.data.datasets import drawn
from fer_keras.io.errors import UserError
from fer_keras.recipes.p000_resnet34_cbam import FERPLUS_FIRST, RESNET34_CBAM
from fer_keras.recipes.p003_hybrid_resnet50 import BASELINE_CNN, GAN_DISGUST, HYBRID


def test_the_list_and_the_modules_are_the_same():
    folder = pathlib.Path(datasets.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "dataset"}
    assert modules == set(DATASETS)
    for name, facts in DATASETS.items():
        assert facts.name == name and datasets.get(name).facts is facts
    with pytest.raises(ValueError, match="Expected a data set in .*'fer2013'.* Received: 'ckplus'"):
        datasets.get("ckplus")


@pytest.mark.parametrize("name", DATASETS)
def test_what_is_said_of_a_data_set_is_consistent(name):
    facts = DATASETS[name]
    assert len(set(facts.class_names)) == len(facts.class_names) and set(facts.class_names) <= set(CLASS_NAMES)
    assert set(facts.divisions) <= set(SPLITS) and facts.divisions[0] == "official"
    assert all(len(numbers) == len(facts.class_names) for counts in facts.counts for numbers in counts.values())
    assert DATASETS[facts.images].images_of == ""
    assert "\n" not in datasets.get(name).where_to_get + datasets.get(name).layouts


def test_a_recipe_names_a_data_set_of_the_list_and_one_of_its_divisions():
    assert Data("rafdb").facts.title == "RAF-DB"
    with pytest.raises(ValueError, match="Expected a data set in .*'rafdb'.* Received: 'ckplus'"):
        Data("ckplus")
    with pytest.raises(ValueError, match="Expected a split in .* Received: 'merged'"):
        Data("rafdb", "merged")
    with pytest.raises(ValueError, match=r"Expected a split in \('official',\). Received: 'carved'"):
        Data("affectnet", "carved")


def test_a_recipe_on_another_data_set_keeps_what_the_set_has_and_is_divided_as_the_set_can_be():
    run = phase_data.on_dataset(FERPLUS_FIRST, "rafdb")
    assert run.data == Data("rafdb", "official") and FERPLUS_FIRST.data.split == "merged"
    assert run.class_weights == FERPLUS_FIRST.class_weights and run.phases == FERPLUS_FIRST.phases
    assert phase_data.on_dataset(HYBRID, "fer2013") is HYBRID
    assert phase_data.on_dataset(BASELINE_CNN, "affectnet").data == Data("affectnet")


def test_a_recipe_that_needs_what_a_set_lacks_says_so_in_one_line():
    with pytest.raises(UserError, match="Expected FER2013 for hybrid_gan_disgust, which trains on generated faces"):
        phase_data.on_dataset(GAN_DISGUST, "rafdb")
    soft = dataclasses.replace(BASELINE_CNN, data=Data(soft_labels=True))
    with pytest.raises(UserError, match="which trains on soft labels. Received: RAF-DB"):
        phase_data.on_dataset(soft, "rafdb")
    eight = dataclasses.replace(BASELINE_CNN, data=Data("ferplus"), oversample={"contempt": 2}, class_weights={})
    with pytest.raises(UserError, match="a data set with the classes contempt for .* Received: FER2013"):
        phase_data.on_dataset(eight, "fer2013")


def test_drawn_faces_are_a_data_set_that_needs_no_file(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert find.locate(dataset="drawn") == find.locate("drawn", others=True) == drawn.NOWHERE
    faces = find.load(drawn.NOWHERE)
    assert faces.synthetic and faces.class_names == FER2013_CLASSES and len(faces) == 3600
    (tmp_path / "drawn").mkdir()
    with pytest.raises(UserError, match="Received: an empty folder"):
        find.locate("drawn", others=True)


@pytest.mark.parametrize("name", [name for name in DATASETS if not DATASETS[name].drawn])
def test_drawn_faces_stand_in_for_every_data_set_with_its_classes_and_channels(toy, name):
    facts = DATASETS[name]
    found = phase_data.divided(Data(name), toy, 0)
    assert found.train.class_names == facts.class_names and found.train.images.shape[3] == facts.channels
    named = [facts.class_names[label] for label in found.train.labels]
    assert named == [FER2013_CLASSES[label] for label in toy.where("train").labels]


def test_a_phase_on_drawn_faces_needs_nothing_that_lies_anywhere(toy):
    real = dataclasses.replace(toy, synthetic=False)
    phases = (dataclasses.replace(BASELINE_CNN.phases[0], name="drawn", data=Data("drawn")), *BASELINE_CNN.phases)
    recipe = dataclasses.replace(BASELINE_CNN, phases=phases)
    phase_data.require(recipe, real)
    assert phase_data.divided(Data("drawn"), real, 0).train.synthetic
    with pytest.raises(UserError, match="Expected AffectNet for phase affectnet .* Received: none"):
        phase_data.require(RESNET34_CBAM, real)


def test_classes_named_by_a_recipe_are_those_of_its_data():
    with pytest.raises(ValueError, match=r"Expected class names among .* Received: \['contempt'\]"):
        dataclasses.replace(BASELINE_CNN, class_weights={"contempt": 2.0})
    on_affectnet = dataclasses.replace(BASELINE_CNN, data=Data("affectnet"), class_weights={"contempt": 2.0})
    assert on_affectnet.class_weights == {"contempt": 2.0}


def test_weights_by_name_reach_the_right_class_in_another_order(toy):
    from fer_keras.data.plan import Treatment, _class_weights

    rafdb = phase_data.divided(Data("rafdb"), toy, 0).train
    weights = _class_weights(rafdb, Treatment(BASELINE_CNN.augment, class_weights={"angry": 5.0}))
    assert np.flatnonzero(weights == 5.0).tolist() == [rafdb.class_names.index("angry")] == [5]
