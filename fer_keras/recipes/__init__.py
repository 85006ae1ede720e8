"""Every experiment of the suite, as data: one module a paper. Adding one means its module and a line in MODULES."""

import importlib

from fer_keras.config.recipe import Experiment, Recipe

MODULES = {
    "resnet34_cbam": "p000_resnet34_cbam",
    "cnn_resnet_attention": "p001_cnn_resnet_attention",
    "resnet18_transfer": "p002_resnet18_transfer",
    "hybrid_resnet50": "p003_hybrid_resnet50",
    "resnet50_cnn": "p004_resnet50_cnn",
    "pretrain_backbone": "pretrain_backbone",
    "compact": "compact",
    "lite0": "lite0",
    "ensemble": "ensemble",
    "transfer": "transfer",
    "attention": "attention",
    "leakage": "leakage",
}
"""{name of the program in `experiments`: module here}, in the order in which they are listed: papers by number."""


def experiment(name: str) -> Experiment:
    """Return the experiment called `name`. Raises KeyError when there is none."""
    return importlib.import_module(f"{__name__}.{MODULES[name]}").EXPERIMENT


def experiment_of(recipe: str) -> Experiment:
    """Return the experiment that has the recipe called `recipe`. Raises StopIteration when none has."""
    return next(one for one in experiments() if any(each.name == recipe for each in one.recipes))


def experiments() -> list[Experiment]:
    """Return every experiment, in the order of MODULES."""
    return [experiment(name) for name in MODULES]


def recipes() -> dict[str, Recipe]:
    """Return {name: recipe} of every experiment, in the order of MODULES."""
    return {recipe.name: recipe for one in experiments() for recipe in one.recipes}
