"""Training from Python: the same runs, directories and reports as the command line's."""

import dataclasses

from fer_keras import recipes, runtime
from fer_keras.api.recipes import get_recipe
from fer_keras.api.runs import Run, open_run
from fer_keras.config.options import Options
from fer_keras.config.recipe import Experiment, Recipe

OPTIONS = tuple(field.name for field in dataclasses.fields(Options))
"""What `train` takes by name: the command line's flags, with underscores."""


def train(recipe: str | Recipe, **options) -> Run:
    """Train, evaluate and report `recipe` into a run directory; an unfinished run of the same request is resumed.

    Args:
        recipe: a name of `list_recipes()`, or a Recipe of one's own.
        **options: the command line's flags with underscores, among them `data` (a path; drawn faces without data),
            `profile`, `seed`, `epochs`, `batch_size`, `out` (the run directory; default under ./runs).

    Raises ValueError for an unknown recipe, TypeError for an unknown option, UserError for what the user can mend.

    >>> run = train("hybrid_baseline_cnn", epochs=1, out=folder, quiet=True)        # doctest: +SKIP
    >>> run.metrics["test"]["accuracy"]                                             # doctest: +SKIP
    """
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise TypeError(f"Expected options among {', '.join(OPTIONS)}. Received: {', '.join(unknown)}")
    recipe = get_recipe(recipe) if isinstance(recipe, str) else recipe
    runtime.prepare(training=True)
    from fer_keras.api.run import run

    return open_run(run(_experiment_of(recipe), recipe, Options(**options)))


def _experiment_of(recipe: Recipe) -> Experiment:
    """Return the experiment of a paper that `recipe` is from, or one for a recipe of the user's own."""
    for experiment in recipes.experiments():
        if recipe in experiment.recipes:
            return experiment
    return Experiment(name="custom", paper="none", title="A recipe of one's own", recipes=(recipe,))
