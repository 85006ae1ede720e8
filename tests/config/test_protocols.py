import json

import pytest

from fer_keras.config import protocols, resolve
from fer_keras.config.options import Options, require
from fer_keras.data.leaky_divisions import COPY_STEP
from fer_keras.io.errors import UserError
from fer_keras.recipes.p000_resnet34_cbam import EXPERIMENT as PAPER_000
from fer_keras.recipes.p003_hybrid_resnet50 import BASELINE_CNN, HYBRID
from fer_keras.recipes.p004_resnet50_cnn import VANILLA_CNN
from fer_keras.runs import predictions
from tests.programs import Program


def test_paper_is_the_recipe_itself():
    assert protocols.as_run(HYBRID, "paper") is HYBRID


def test_official_is_official_whatever_the_recipe_says():
    run = protocols.as_run(VANILLA_CNN, "official")
    assert run.data.split == "official"
    assert resolve.deviations(VANILLA_CNN, run) == [{"field": "data.split", "published": "pooled", "run": "official"}]


def test_rows_repeated_take_the_place_of_weights_and_oversampling():
    run = protocols.as_run(HYBRID, "leaky-oversample")
    assert (run.data.split, run.class_weights, run.oversample, run.class_augment) == ("leaky-oversample", {}, {}, {})
    fields = {entry["field"].split(".")[0] for entry in resolve.deviations(HYBRID, run)}
    assert fields == {"data", "class_weights", "oversample", "class_augment"}


def test_the_other_divisions_keep_the_weights():
    for name in ("grouped", "leaky-duplicates"):
        run = protocols.as_run(BASELINE_CNN, name)
        assert (run.data.split, run.class_weights) == (name, BASELINE_CNN.class_weights)


def test_every_phase_is_divided_alike_but_affectnet_keeps_its_division():
    for recipe in PAPER_000.recipes:
        run = protocols.as_run(recipe, "leaky-duplicates")
        for phase in run.phases:
            if phase.data is not None:
                wanted = "official" if phase.data.dataset == "affectnet" else "leaky-duplicates"
                assert phase.data.split == wanted


def test_an_unknown_protocol_is_a_line_for_the_user():
    with pytest.raises(UserError, match=r"--protocol paper, official, grouped, leaky-.* Received: 'pooled'"):
        protocols.as_run(HYBRID, "pooled")


@pytest.mark.parametrize(
    ("protocol", "name"), [("paper", "r-cpu-seed2"), ("leaky-duplicates", "r-cpu-leaky-duplicates-seed2")]
)
def test_the_name_of_a_run_has_its_protocol(protocol, name):
    assert protocols.run_name("r", "cpu", protocol, 2) == name
    assert protocols.run_name("r", "cpu", protocol, 2, "3fa9c1") == f"{name}-3fa9c1"


def test_who_trains_on_privatetest_is_told_so():
    assert protocols.warning("leaky-oversample").startswith("LEAKY PROTOCOL leaky-oversample, on purpose: PrivateTest")
    assert protocols.warning("grouped").startswith(
        "DIVISION grouped: PrivateTest images are trained on. It is the control"
    )
    assert protocols.warning("pooled").startswith("DIVISION pooled: PrivateTest images are trained on")
    assert [protocols.warning(split) for split in ("official", "merged", "carved")] == [""] * 3


def test_rows_are_dropped_in_honest_divisions_only(tmp_path):
    (tmp_path / "dropped.csv").touch()
    for protocol in protocols.STUDIED:
        with pytest.raises(UserError, match=f"Expected --protocol paper or official with --drop. Received: {protocol}"):
            require(Options(protocol=protocol, drop=tmp_path / "dropped.csv"), BASELINE_CNN)


@pytest.mark.slow
def test_a_leaky_run_says_so_and_is_scored_on_what_it_was_trained_on(tmp_path):
    words = ("--only", "hybrid_baseline_cnn", "--protocol", "leaky-oversample", "--quiet")
    status, printed, said = Program(tmp_path, "experiments.hybrid_resnet50", *words).ended()
    assert status == 0, said
    assert "LEAKY PROTOCOL leaky-oversample, on purpose: PrivateTest images are trained on" in printed
    folder = tmp_path / "runs" / "hybrid_baseline_cnn-demo-leaky-oversample-seed0"
    record = json.loads((folder / "record.json").read_text())
    assert record["data"]["split"] == "leaky-oversample"
    assert {"field": "data.split", "published": "official", "run": "leaky-oversample"} in record["deviations"]
    assert not any(split.startswith("private") for split in record["predictions"]["splits"])
    assert [entry["split"] for entry in record["access"]] == ["20 % of all rows, oversampled"]
    rows = predictions.read(folder, record)["test"]["rows"]
    assert len(set(rows.tolist())) == len(rows)
    assert len(set((rows % COPY_STEP).tolist())) < len(rows)
    assert record["data"]["overlap"]["test_exact_rows"] > len(rows) / 2
    assert "> **LEAKY PROTOCOL leaky-oversample" in (folder / "report.md").read_text()
