import dataclasses

import numpy as np
import pytest

from fer_keras.config import resolve
from fer_keras.config.recipe import Data, Profile
from fer_keras.data import generated
from fer_keras.data.generated import Generated
from fer_keras.data.splits import divide
from fer_keras.io.errors import UserError
from fer_keras.recipes.p003_hybrid_resnet50 import GAN_DISGUST, HYBRID
from fer_keras.report import provenance
from fer_keras.runs.source import Source, splits_for, with_generated

DISGUST = 1


@pytest.fixture
def seen(toy):
    train = toy.where("train")
    return train.take(train.labels == DISGUST)


@pytest.fixture
def made(seen):
    images = np.random.default_rng(0).integers(0, 256, (9, 48, 48, 1)).astype(np.uint8)
    return Generated(images, "disgust", 7, seen.rows, seen.fingerprint)


@pytest.fixture
def recipe():
    return resolve.as_run(GAN_DISGUST, "smoke")


@pytest.fixture
def source(toy):
    return Source(toy, demo=True, differences=())


def test_saved_and_loaded_it_is_the_same(made, tmp_path):
    generated.save(made, tmp_path / "g.npz")
    again = generated.load(tmp_path / "g.npz")
    np.testing.assert_array_equal(again.images, made.images)
    assert again.rows.tolist() == made.rows.tolist()
    assert (again.class_name, again.seed, again.stand_in) == ("disgust", 7, False)
    assert again.sha256 == made.sha256
    assert again.first(3).sha256 != made.sha256


@pytest.mark.parametrize("spoil", ["truncated", "other arrays", "missing", "float faces"])
def test_a_file_of_another_kind_is_refused(made, tmp_path, spoil):
    path = tmp_path / "g.npz"
    if spoil == "other arrays":
        np.savez(path, faces=made.images)
    elif spoil == "float faces":
        generated.save(dataclasses.replace(made, images=made.images / 255), path)
    elif spoil == "truncated":
        generated.save(made, path)
        path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(UserError, match=r"Expected .*g\.npz"):
        generated.load(path)


def test_a_recipe_holds_how_many_and_its_profiles_reduce_them():
    assert GAN_DISGUST.generated == {"disgust": 436}
    assert [resolve.as_run(GAN_DISGUST, name).generated["disgust"] for name in ("paper", "cpu", "smoke")] == [
        436,
        182,
        8,
    ]
    fields = {
        line["field"]: line["run"] for line in resolve.deviations(GAN_DISGUST, resolve.as_run(GAN_DISGUST, "cpu"))
    }
    assert fields["generated.disgust"] == 182
    assert resolve.as_run(HYBRID, "cpu").generated == {}


@pytest.mark.parametrize(
    ("changes", "received"),
    [
        ({"generated": {"furious": 3}}, "furious"),
        ({"generated": {"disgust": 0}}, "'disgust': 0"),
        ({"generated": {"disgust": 1.5}}, "1.5"),
        ({"generated": {"disgust": 1, "fear": 1}}, "fear"),
        ({"generated": {"disgust": 1}, "data": Data("ferplus")}, "ferplus"),
        ({"profiles": {"cpu": Profile(minutes=1, generated={"disgust": 3})}}, "disgust"),
    ],
)
def test_a_recipe_refuses_other_wishes(changes, received):
    with pytest.raises(ValueError, match=r"Expected .* Received: .*") as error:
        dataclasses.replace(HYBRID, **changes)
    assert received in str(error.value)


def test_made_faces_join_training_last_and_nothing_else(made, recipe, source, toy, tmp_path):
    generated.save(made, tmp_path / "g.npz")
    found = with_generated(source, recipe, tmp_path / "g.npz", seed=0)
    divided = splits_for(found, 0, "scratch", dataclasses.replace(recipe.data, max_train_rows=64))
    plain = divide(toy, "official")
    assert len(divided.train) == 64 + 8
    assert divided.train.rows[64:].tolist() == [-1, -2, -3, -4, -5, -6, -7, -8]
    assert (divided.train.rows[:64] >= 0).all()
    np.testing.assert_array_equal(divided.train.images[64:], made.images[:8])
    assert set(divided.train.labels[64:].tolist()) == {DISGUST}
    assert divided.select.rows.tolist() == plain.select.rows.tolist()
    assert divided.eligible.rows.tolist() == plain.train.rows.tolist()
    assert divided.test.open("test", finished=True).rows.tolist() == toy.where("private").rows.tolist()
    assert generated.counted(divided.train) == {"disgust": 8}
    assert generated.real(divided.train).rows.tolist() == divided.train.rows[:64].tolist()


def test_other_data_sets_of_a_recipe_get_none(made, source):
    found = dataclasses.replace(source, made=made)
    assert generated.counted(splits_for(found, 0, "scratch", Data("ferplus")).train) == {}


def test_soft_labels_take_a_made_face_for_its_class(made, toy):
    from fer_keras.data.readers.ferplus import soft_labels

    train = toy.where("train")
    voted = dataclasses.replace(train, votes=np.ones((len(train), 10), np.float32))
    joined = generated.joined(voted, made)
    assert soft_labels(joined.votes, joined.labels)[-1].tolist() == [0, 1, 0, 0, 0, 0, 0]


def test_ids_that_would_collide_are_refused(made, toy):
    train = toy.where("train")
    with pytest.raises(ValueError, match="row ids from 0 up"):
        generated.joined(generated.joined(train, made), made)


@pytest.mark.parametrize("change", ["pixels", "rows", "selection"])
def test_faces_made_from_other_rows_are_refused(made, recipe, source, toy, tmp_path, change):
    if change == "pixels":
        made = dataclasses.replace(made, fingerprint="0" * 64)
    elif change == "rows":
        made = dataclasses.replace(made, rows=made.rows[1:])
    else:
        public = toy.where("public")
        made = dataclasses.replace(made, rows=public.rows, fingerprint=public.fingerprint)
    generated.save(made, tmp_path / "g.npz")
    with pytest.raises(UserError, match=r"generated faces made from training images.*python -m fer_keras\.gan"):
        with_generated(source, recipe, tmp_path / "g.npz", seed=0)


def test_a_gan_of_all_training_rows_is_refused_where_some_select(made, recipe, source, tmp_path):
    carved = dataclasses.replace(recipe, data=Data(split="carved"))
    generated.save(made, tmp_path / "g.npz")
    seen = divide(source.faces, "carved", 0).train
    assert not np.isin(made.rows, seen.rows).all()
    with pytest.raises(UserError, match="--split"):
        with_generated(source, carved, tmp_path / "g.npz", seed=0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"class_name": "fear"}, "made disgust faces.*fear"),
        ({"images": np.zeros((7, 48, 48, 1), np.uint8)}, "--faces 8"),
    ],
)
def test_another_class_or_too_few_are_refused(made, recipe, source, tmp_path, change, says):
    generated.save(dataclasses.replace(made, **change), tmp_path / "g.npz")
    with pytest.raises(UserError, match=says):
        with_generated(source, recipe, tmp_path / "g.npz", seed=0)


def test_faces_of_another_size_are_refused(made, toy):
    small = dataclasses.replace(made, images=made.images[:, :40, :40])
    with pytest.raises(UserError, match="48x48x1 pixels.*40x40x1"):
        generated.joined(toy.where("train"), small)


def test_photographs_without_a_file_say_how_to_make_it(recipe, toy):
    source = Source(dataclasses.replace(toy, synthetic=False), demo=False, differences=())
    with pytest.raises(UserError, match=r"python -m fer_keras\.gan --data PATH --class disgust"):
        with_generated(source, recipe, None, seed=0)


def test_a_recipe_of_real_faces_refuses_the_option(source, tmp_path):
    with pytest.raises(UserError, match="no --generated for hybrid_resnet50"):
        with_generated(source, HYBRID, tmp_path / "g.npz", seed=0)


def test_the_demo_draws_a_stand_in_and_says_so(recipe, source, toy, capsys):
    found = with_generated(source, recipe, None, seed=0)
    assert "8 newly drawn disgust faces stand in" in capsys.readouterr().out
    assert found.made.described()["stand_in"] is True
    assert len(found.made) == 8
    known = {image.tobytes() for image in toy.images}
    assert not known & {image.tobytes() for image in found.made.images}


def test_the_page_counts_them():
    told = {"sha256": "ab", "seed": 0, "trained_on": 436, "stand_in": False, "counts": {"disgust": 182}}
    data = {"source": "s", "fingerprint": "f", "split": "official", "select_name": "P", "test_name": "Q", "overlap": {}}
    data |= {"class_names": ["disgust"], "counts": {"train": {"disgust": 436}}, "generated": told}
    text = provenance.data({"data": data, "access": []})
    assert "182 generated disgust faces (GAN trained on 436 Training images, seed 0)" in text
    assert "generated" not in provenance.data({"data": data | {"generated": None}, "access": []})
