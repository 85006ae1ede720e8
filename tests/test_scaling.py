from fer_keras.config import resolve
from fer_keras.config.recipe import Phase, Profile, Recipe
from fer_keras.config.settings import Optimizer

RECIPE = Recipe(
    name="x",
    title="x",
    model="compact",
    phases=(Phase("train", 1, Optimizer("adam", 1e-3)),),
    batch_size=32,
    profiles={"cpu": Profile(minutes=1, batch_size=64)},
)


def test_a_changed_batch_size_says_what_the_linear_rule_would_do():
    (line,) = resolve.scaling(RECIPE, "paper", 128)
    assert line["field"] == "learning rates by the linear scaling rule for 128 rows a step instead of 32"
    assert (line["published"], line["run"]) == ("× 4 suggested", "left as they are")
    assert resolve.scaling(RECIPE, "cpu", 128)[0]["published"] == "× 2 suggested"


def test_the_batch_size_of_the_recipe_or_of_its_profile_needs_no_suggestion():
    assert resolve.scaling(RECIPE, "paper", 32) == []
    assert resolve.scaling(RECIPE, "cpu", 64) == []
