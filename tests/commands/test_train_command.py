import subprocess
import sys

import pytest

from fer_keras import recipes
from fer_keras.commands.train import list_experiments

FORBIDDEN = "import sys; bad = {'tensorflow', 'keras', 'numpy'} & set(sys.modules); sys.exit(repr(bad) if bad else 0)"


def run(*words):
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120)


def test_the_list_names_every_experiment_and_number(capsys):
    assert list_experiments() == 0
    printed = capsys.readouterr().out
    assert all(f"python -m experiments.{name} " in printed for name in recipes.MODULES)
    assert "balanced_accuracy 0.5887" in printed


@pytest.mark.parametrize("name", ["fer_keras.commands.train", *(f"experiments.{name}" for name in recipes.MODULES)])
def test_list_and_help_load_nothing_heavy(name):
    done = run("-c", f"import {name}; {FORBIDDEN}")
    assert done.returncode == 0, done.stderr


def test_recipes_have_different_names_over_all_papers():
    names = [recipe.name for experiment in recipes.experiments() for recipe in experiment.recipes]
    assert len(set(names)) == len(names)


def test_help_names_every_flag():
    printed = run("-m", "experiments.hybrid_resnet50", "--help").stdout
    flags = "--data --profile --protocol --seed --epochs --batch-size --image-size --init --out --only --export --record --quiet"
    assert [flag for flag in flags.split() if flag not in printed] == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--only", "resnet51"], "invalid choice: 'resnet51'"),
        (["--epochs", "many"], "invalid int value: 'many'"),
        (["--profile", "fast"], "invalid choice: 'fast'"),
    ],
)
def test_a_wrong_flag_is_named(words, says):
    done = run("-m", "experiments.hybrid_resnet50", *words)
    assert done.returncode == 2
    assert says in done.stderr
