"""Values of the papers that are easily got wrong, recipe by recipe."""

import pytest

from fer_keras.config import resolve
from fer_keras.config.settings import CosineRestarts
from fer_keras.recipes import recipes

RECIPES = recipes()


def cycles():
    for name, recipe in RECIPES.items():
        for profile in (resolve.PAPER, *recipe.profiles):
            for phase in resolve.as_run(recipe, profile).phases:
                if isinstance(phase.optimizer.schedule, CosineRestarts):
                    yield pytest.param(phase.epochs, phase.optimizer.schedule, id=f"{name}-{profile}-{phase.name}")


@pytest.mark.parametrize(("epochs", "schedule"), list(cycles()))
def test_every_run_ends_with_a_cycle(epochs, schedule):
    assert schedule.multiply == 1 and epochs % schedule.first_epochs == 0


def test_000_prints_smoothing_and_weighting_for_phase_2_and_a_weighted_row():
    recipe = RECIPES["resnet34_cbam"]
    assert recipe.label_smoothing == 0.1 and set(recipe.class_weights) == set(recipe.data.facts.class_names)
    assert any("§III.C names class weighting and label smoothing" in line for line in recipe.assumed)
    printed = {number.metric: number.value for number in recipe.reported}
    weighted = [printed[f"weighted_{part}"] for part in ("precision", "recall", "f1")]
    assert weighted == [0.68, 0.68, 0.67]
    assert {called: printed[f"confusion/fear/{called}"] for called in ("sad", "angry", "surprise")} == {
        "sad": 0.224,
        "angry": 0.128,
        "surprise": 0.101,
    }


def test_002_figure_3_is_held_and_the_single_layer_head_assumes_no_hidden_layers():
    printed = {(number.metric, number.split): number.value for number in RECIPES["resnet18_transfer"].reported}
    assert (printed["accuracy", "train"], printed["log_loss", "train"]) == (0.9, 0.5)
    assert any("hidden layers" in line for line in RECIPES["resnet18_transfer"].assumed)
    assert not any("hidden layers" in line for line in RECIPES["single_layer_head"].assumed)


def test_003_has_a_row_without_class_weights_for_the_recall_of_disgust():
    weighted, plain = RECIPES["hybrid_resnet50"], RECIPES["hybrid_unweighted"]
    assert plain.class_weights == {} and plain.phases == weighted.phases and plain.oversample == weighted.oversample
    assert [(number.metric, number.value) for number in plain.reported] == [("recall/disgust", 0.28)]
    baseline = RECIPES["hybrid_baseline_cnn"]
    assert (baseline.oversample, baseline.class_augment) == ({}, {})
    assert baseline.class_weights == weighted.class_weights and baseline.augment == weighted.augment


def test_004_unfreezes_after_the_initial_phase_and_the_frozen_row_says_what_it_is():
    unfreezing, frozen = RECIPES["resnet50_cnn_unfreezing"], RECIPES["resnet50_cnn"]
    assert [(phase.epochs, phase.backbone) for phase in unfreezing.phases] == [(30, "frozen"), (30, "all")]
    assert [(phase.epochs, phase.backbone) for phase in frozen.phases] == [(60, "frozen")]
    assert "frozen in all epochs" in frozen.title and unfreezing.reported == frozen.reported
    assert all(any("Clipping" in line for line in recipe.assumed) for recipe in (unfreezing, frozen))


def test_004_convergence_differs_in_batch_norm_only():
    normalised, plain = RECIPES["vanilla_cnn_normalised"], RECIPES["vanilla_cnn_unnormalised"]
    (changed,) = resolve.deviations(normalised, resolve.as_run(plain, resolve.PAPER))[2:]
    assert changed["field"] == "model"
    assert normalised.data.split == "official"


def test_networks_whose_architecture_is_not_printed():
    assert {name for name, recipe in RECIPES.items() if not recipe.architecture_printed} == {
        *("baseline_cnn", "attention_cnn", "attention_cnn_softmax"),
        *("single_layer_head", "hybrid_baseline_cnn"),
        *("vanilla_cnn", "residual_cnn", "vanilla_cnn_normalised", "vanilla_cnn_unnormalised"),
    }


def test_001_has_pytorchs_resnet_50_beside_kerass():
    for name in ("resnet50_5", "resnet50_cbam_5", "resnet50_cbam_20"):
        keras_row, torch_row = RECIPES[name], RECIPES[f"{name}_torchvision"]
        assert torch_row.model_args["backbone"] == "resnet50_torchvision" and torch_row.reported == keras_row.reported
        assert any("3x3" in line for line in keras_row.changed) and torch_row.changed == ()
