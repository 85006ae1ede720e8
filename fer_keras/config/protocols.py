"""`--protocol`: a recipe under another division than its paper's, honest or leaky on purpose. Plain Python values.

The leaky ones are usual mistakes, run to measure what they buy: reports/leaky.md holds them beside their control.
"""

import dataclasses

from fer_keras.config.datasets import DATASETS, FER2013
from fer_keras.config.recipe import Recipe
from fer_keras.io.errors import expected

PAPER, OFFICIAL = "paper", "official"
CONTROL = "grouped"
LEAKY = ("leaky-duplicates", "leaky-oversample")
STUDIED = (CONTROL, *LEAKY)
"""Divisions that no paper's recipe has: their runs stand on reports/leaky.md and in no table of results."""

PROTOCOLS = (PAPER, OFFICIAL, *STUDIED)
POOLING = ("pooled", *STUDIED)
"""Divisions in which PrivateTest rows are trained on."""


def as_run(recipe: Recipe, protocol: str) -> Recipe:
    """Return `recipe` divided as `protocol`, one of PROTOCOLS, says; `paper` leaves it alone.

    Where rows are repeated until the classes are equal, that takes the place of the recipe's class weights and
    oversampling, as it does for those who balance a data set so.
    Raises UserError for an unknown protocol, or one by which the recipe's data set is not divided.
    """
    require(protocol)
    if protocol == PAPER:
        return recipe
    if protocol not in recipe.data.facts.divisions:
        known = [name for name in PROTOCOLS if name in (PAPER, *recipe.data.facts.divisions)]
        raise expected(f"--protocol {', '.join(known)} for {recipe.data.facts.title}", repr(protocol))
    balanced = protocol == "leaky-oversample"
    phases = tuple(_phase(phase, protocol, balanced) for phase in recipe.phases)
    divided = dataclasses.replace(recipe, data=_divided(recipe.data, protocol), phases=phases)
    if not balanced:
        return divided
    return dataclasses.replace(divided, class_weights={}, oversample={}, class_augment={}, weights_divide_by_sum=False)


def require(protocol: str) -> None:
    """Raise UserError unless `protocol` is one of PROTOCOLS."""
    if protocol not in PROTOCOLS:
        raise expected(f"--protocol {', '.join(PROTOCOLS)}", repr(protocol))


def _phase(phase, protocol, balanced):
    data = phase.data and _divided(phase.data, protocol)
    return dataclasses.replace(phase, data=data, class_weights=None if balanced else phase.class_weights)


def _divided(data, protocol):
    """Return `data` divided so, where its data set can be."""
    return dataclasses.replace(data, split=protocol) if protocol in data.facts.divisions else data


def run_name(recipe: str, profile: str, protocol: str, seed: int, digest: str = "") -> str:
    """Return the name of a run and its directory.

    The protocol is in it when it is not the paper's, and `digest`, of what the user changed of the profile, if anything.
    """
    words = [recipe, profile, "" if protocol == PAPER else protocol, f"seed{seed}", digest]
    return "-".join(filter(None, words))


def warning(split: str, dataset: str = FER2013.name) -> str:
    """Return a warning for a division that trains on the set's official test images, else the empty string."""
    if split not in POOLING:
        return ""
    tested = DATASETS[dataset].tested if dataset in DATASETS else f"{dataset}'s test"
    if split in LEAKY:
        return (
            f"LEAKY PROTOCOL {split}, on purpose: {tested} images are trained on, and copies of test images too. "
            "Its scores show what leakage buys and cannot be compared with a paper or another run."
        )
    if split == CONTROL:
        return (
            f"DIVISION {split}: {tested} images are trained on. It is the control of the leaky protocols; its scores "
            "cannot be compared with a paper or another run."
        )
    return f"DIVISION {split}: {tested} images are trained on, so there is no score on {tested}."
