"""The networks that recipes differ in, one recipe for each, at the smallest side that it takes."""

import dataclasses

from fer_keras.config import resolve
from fer_keras.config.recipe import Recipe
from fer_keras.recipes import recipes

RECIPES = recipes()
ATTENTION = [f"attention_{part}" for part in ("none", "se", "spatial", "mhsa", "branches")]
TRANSFER = [
    f"transfer_{row}"
    for row in ("plain", "scratch", "three_layer_head", "no_attention", "cbam", "spatial", "frozen_mean")
]
CONTAINED = {
    "resnet34_plain",
    "resnet34_standard_cbam",
    "resnet50_cbam_5",
    "resnet50_5",
    "resnet50_5_torchvision",
    "resnet50_cnn_sum",
    "single_layer_head",
    "compact_wide",
    "wide_votes",
    *ATTENTION,
    *TRANSFER,
}
"""Recipes whose networks, or all of their parts, stand in those of other recipes, as all backbone_classifiers do."""

MAIN = "hybrid_resnet50"
"""The recipe whose phases are trained as published, too."""

SMALLEST, XCEPTION = 32, 71
"""The smallest side of keras.applications' backbones; Xception's."""


def architectures() -> list[str]:
    """Return one recipe name for each network that recipes differ in, whatever their image sizes, if not contained."""
    chosen = {}
    for name, recipe in RECIPES.items():
        arguments = {key: value for key, value in recipe.model_args.items() if key != "image_size"}
        chosen.setdefault((recipe.model, repr(sorted(arguments.items()))), name)
    return [name for name in chosen.values() if not _is_contained(name)]


def layers_of(model) -> set[str]:
    """Return the classes of the layers of a Keras model, those of models inside it among them."""
    inner = [layer for layer in model.layers if hasattr(layer, "layers")]
    return {type(layer).__name__ for layer in model.layers}.union(*map(layers_of, inner))


def _is_contained(name: str) -> bool:
    return name in CONTAINED or RECIPES[name].model == "backbone_classifier"


def smallest(name: str, batch_size: int) -> Recipe:
    """Return the recipe from scratch on the smallest images: one epoch on each kind of data, in which everything trains.

    MAIN's published phases, an epoch each, come before its own, which is called "all".
    """
    recipe = resolve.as_run(RECIPES[name], resolve.PAPER, epochs=1, batch_size=batch_size)
    phases = {phase.data or recipe.data: phase for phase in reversed(recipe.phases)}
    whole = [dataclasses.replace(phase, backbone="all", batch_norm="trainable") for phase in phases.values()]
    whole.reverse()
    if name == MAIN:
        whole = [*recipe.phases, *(dataclasses.replace(phase, name="all") for phase in whole)]
    arguments = dict(recipe.model_args)
    if arguments.get("image_size", 48) > 48:
        arguments["image_size"] = XCEPTION if "xception" in recipe.model else SMALLEST
    return dataclasses.replace(
        recipe, init="scratch", oversample={}, generated={}, model_args=arguments, phases=tuple(whole)
    )
