"""The model card: every number from the record of the model that is shipped."""

import json
import pathlib

from fer_keras import pretrained
from fer_keras.recipes import recipes
from fer_keras.report import model_card

RECORD = json.loads((pretrained.FOLDER / pretrained.RECORD).read_text())


def test_the_shipped_models_numbers_stand_on_it():
    card = model_card.render(RECORD)
    test = RECORD["metrics"]["test"]
    assert f"names {100 * test['accuracy']:.2f} % of 3,589 images as their label does" in card
    assert f"| disgust | {100 * test['per_class']['disgust']['recall']:.2f} % |" in card
    assert "| happy | " + " | ".join(map(str, test["confusion"][3])) + " |" in card
    assert RECORD["file"]["sha256"] in card
    assert "2024/1689" in card and "\u2014" not in card


def test_the_recipes_title_is_todays_or_the_recorded_one_of_a_recipe_that_is_gone():
    assert f"`{RECORD['recipe']}`, {recipes()[RECORD['recipe']].title}." in model_card.render(RECORD)
    assert "`gone`, As it was." in model_card.render(RECORD | {"recipe": "gone", "title": "As it was"})


def test_variants_that_a_record_has_not_are_left_out():
    metrics = {split: RECORD["metrics"][split] for split in ("select", "test")}
    card = model_card.render(RECORD | {"metrics": metrics, "recomputed": None})
    assert "FER+'s majority" not in card and "computed from this file itself" not in card


def test_a_package_without_a_model_has_no_card(tmp_path):
    assert model_card.pages(tmp_path) == {}


def test_it_says_from_what_the_shipped_model_started_and_who_taught_it():
    card = model_card.render(RECORD)
    assert "The package does not name the images it was trained on" in card
    assert (
        "The mean of what faces_votes (seed 0) and wide_votes (seed 0) say of the same images: 80 % of each target."
        in card
    )
    assert "minutes by the clock on NVIDIA H200, its teachers included." in card


def test_the_readme_says_of_the_shipped_model_what_its_record_says():
    readme = " ".join((pathlib.Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    accuracy, size = 100 * RECORD["metrics"]["test"]["accuracy"], RECORD["file"]["bytes"] / 1e6
    parameters = RECORD["parameters"] / 1e6
    assert f"is right on {accuracy:.1f} % of the images ({parameters:.1f} million parameters, {size:.1f} MB," in readme
