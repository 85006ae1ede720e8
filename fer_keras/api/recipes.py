"""Recipes by name."""

from fer_keras import recipes
from fer_keras.config.recipe import Recipe


def list_recipes() -> list[str]:
    """Return the names of all recipes, papers by number.

    >>> "hybrid_resnet50" in list_recipes()
    True
    """
    return list(recipes.recipes())


def get_recipe(name: str) -> Recipe:
    """Return the recipe called `name`, as published. Change it with `dataclasses.replace`. Raises ValueError for another name.

    >>> get_recipe("hybrid_resnet50").batch_size
    32
    """
    known = recipes.recipes()
    if name not in known:
        raise ValueError(f"Expected a recipe in {list(known)}. Received: {name!r}")
    return known[name]
