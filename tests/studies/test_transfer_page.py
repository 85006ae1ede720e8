"""The page of the transfer rows: claims, hours left, paired differences."""

import json

from fer_keras.recipes import transfer as recipes_of_transfer
from fer_keras.report import notes, result_groups
from fer_keras.runs.record import load_records, read_record
from fer_keras.studies import paired, transfer

EXPERIMENT = recipes_of_transfer.EXPERIMENT


def page(reports_dir, records):
    return transfer.page(EXPERIMENT, result_groups.rows([EXPERIMENT], records), reports_dir)


def test_every_recipe_is_in_a_claim_and_every_claim_has_its_recipes():
    names = {recipe.name.removeprefix("transfer_") for recipe in EXPERIMENT.recipes}
    assert names == {name for claim in transfer.CLAIMS for name in claim[2:4]}
    assert {claim[0] for claim in transfer.CLAIMS} == {"all", "000", "001", "002", "003", "004"}


def test_all_rows_with_three_seeds_end_within_25_hours():
    assert sum(recipe.paper_minutes for recipe in EXPERIMENT.recipes) * 3 / 60 <= 25


def test_one_budget_for_all_but_what_is_compared():
    for recipe in EXPERIMENT.recipes:
        assert sum(phase.epochs for phase in recipe.phases) == recipes_of_transfer.EPOCHS
        assert (recipe.batch_size, recipe.model_args["image_size"], recipe.data.split) == (64, 96, "official")
        assert (recipe.init == "imagenet") == (recipe.name != "transfer_scratch")


def test_without_runs_the_claims_are_folded_and_the_hours_are_told(tmp_path):
    text = page(tmp_path, {})
    assert "**Not known yet: no claim has been tested with 3 seeds.**" in text
    folded = text.split("<summary>20 claims that were not tested yet</summary>")[1].split("</details>")[0]
    assert "| 002 | freezing the base: accuracy (`three_layer_head` to `frozen_base`) | 70 % to 33 - 42 % |\n" in folded
    assert "Not run with 3 seeds yet: `transfer_plain`, " in text and "hours of two CPU cores are left." in text


def test_a_claim_is_the_paired_difference_of_its_runs(tmp_path, make_run):
    accuracy = {}
    for recipe, drawn in (("transfer_no_attention", 0), ("transfer_cbam", 1)):
        run_dir = make_run(f"results/{recipe}-paper-seed4", seed=drawn)
        record = json.loads((run_dir / "record.json").read_text())
        record |= {"experiment": "transfer", "recipe": recipe, "run": run_dir.name, "seed": 4, "deviations": []}
        (run_dir / "record.json").write_text(json.dumps(record))
        accuracy[recipe] = read_record(run_dir)["metrics"]["test"]["accuracy"]
    (tmp_path / notes.NOTES).mkdir()
    (tmp_path / notes.NOTES / "transfer.md").write_text("Little.\n")
    text = page(tmp_path, load_records(tmp_path))
    difference = f"{100 * (accuracy['transfer_cbam'] - accuracy['transfer_no_attention']):+.2f}"
    assert f"| 001 | CBAM: accuracy (`no_attention` to `cbam`) | 43.5 % to 66.2 % | {difference} |" in text
    assert paired.FEW in text and "## What this means\n\nLittle." in text


def test_a_shortened_run_is_no_result_here(tmp_path, make_run):
    def change(record):
        record |= {"experiment": "transfer", "recipe": "transfer_plain"}

    make_run("results/toy-cpu-seed0", change=change)
    assert "25.6 M" not in page(tmp_path, load_records(tmp_path))
