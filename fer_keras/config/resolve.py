"""From a recipe as printed to the recipe as run, and the difference between them, computed."""

import dataclasses
import functools
from collections.abc import Mapping

from fer_keras.config import recipe as recipes
from fer_keras.config import settings
from fer_keras.config.recipe import Data, Profile, Recipe
from fer_keras.io.errors import expected

PAPER, DEMO, SMOKE = "paper", "demo", "smoke"


def as_run(recipe: Recipe, profile: str, *, epochs=None, batch_size=None, image_size=None) -> Recipe:
    """Return `recipe` with the named profile applied, then the command line's overrides.

    Raises UserError for a profile that the recipe does not have, or an override below 1.
    """
    if profile != PAPER and profile not in recipe.profiles:
        raise expected(f"--profile {', '.join((PAPER, *recipe.profiles))} for {recipe.name}", repr(profile))
    for flag, value in (("--epochs", epochs), ("--batch-size", batch_size), ("--image-size", image_size)):
        require_at_least_one(flag, value)
    reduced = recipe.profiles.get(profile, Profile(minutes=recipe.paper_minutes))
    remaining = [phase for phase in recipe.phases if reduced.epochs.get(phase.name) != 0]
    phases = tuple(_phase_as_run(phase, reduced, epochs) for phase in remaining)
    args = {**recipe.model_args, **reduced.model_args}
    if size := image_size or reduced.image_size:
        args["image_size"] = size
    step = reduced.batch_size if batch_size is None else batch_size
    return dataclasses.replace(
        recipe,
        phases=phases,
        model_args=args,
        batch_size=step or recipe.batch_size,
        data=_data_as_run(recipe.data, reduced),
        augment=reduced.augment or recipe.augment,
        generated={**recipe.generated, **reduced.generated},
        profiles={},
    )


def demo_profile(profiles: Mapping) -> str:
    """Return the name of the profile, of a recipe's `profiles`, under which the recipe runs on drawn faces."""
    return DEMO if DEMO in profiles else SMOKE


def require_at_least_one(flag: str, value: int | None) -> None:
    """Raise UserError for a number below 1; None is none."""
    if value is not None and value < 1:
        raise expected(f"{flag} of at least 1", value)


def scaling(recipe: Recipe, profile: str, batch_size: int) -> list[dict]:
    """Return what the deviations say of a batch size that the user changed: what the linear scaling rule would do; else none.

    Goyal et al. 2017 (arXiv:1706.02677, §2.1): "when the minibatch size is multiplied by k, multiply the learning rate by
    k". A suggestion only: it is meant for SGD with a warm-up, and the rates stay as they are.
    """
    own = as_run(recipe, profile).batch_size
    if own == batch_size:
        return []
    field = f"learning rates by the linear scaling rule for {batch_size} rows a step instead of {own}"
    return [{"field": field, "published": f"× {batch_size / own:g} suggested", "run": "left as they are"}]


def _phase_as_run(phase, profile: Profile, epochs: int | None):
    rate = profile.learning_rates.get(phase.name, phase.optimizer.learning_rate)
    scale = rate / phase.optimizer.learning_rate
    groups = tuple((prefix, group_rate * scale) for prefix, group_rate in phase.optimizer.groups)
    schedule = profile.schedules.get(phase.name, phase.optimizer.schedule)
    optimizer = dataclasses.replace(phase.optimizer, learning_rate=rate, schedule=schedule, groups=groups)
    return dataclasses.replace(
        phase,
        epochs=epochs or profile.epochs.get(phase.name, phase.epochs),
        optimizer=optimizer,
        data=phase.data and _data_as_run(phase.data, profile),
    )


def _data_as_run(data: Data, profile: Profile) -> Data:
    return data if profile.rows is None else dataclasses.replace(data, max_train_rows=profile.rows)


def as_data(value):
    """Return `value` as JSON can hold it: dataclasses and mappings as dicts, tuples as lists."""
    if dataclasses.is_dataclass(value):
        fields = {f.name: as_data(getattr(value, f.name)) for f in dataclasses.fields(value)}
        return {"kind": type(value).__name__, **fields}
    if isinstance(value, Mapping):
        return {key: as_data(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_data(item) for item in value]
    return value


def stated(data):
    """Return recipe data, `as_data` or a record's, without what has its default: a record may be older than a field."""
    if isinstance(data, dict):
        defaults, own = _defaults(data.get("kind")), {key: stated(item) for key, item in data.items()}
        return {key: item for key, item in own.items() if key not in defaults or item != defaults[key]}
    return [stated(item) for item in data] if isinstance(data, list) else data


WORDS = {
    *("title", "section", "reported", "assumed", "changed", "architecture_printed"),
    *("paper_minutes", "minutes", "note"),
}
"""Fields of a recipe, its phases and its profiles that decide nothing of a training."""


def without_words(data):
    """Return recipe data, `as_data` or a record's, without WORDS."""
    if isinstance(data, dict):
        return {key: without_words(item) for key, item in data.items() if key not in WORDS}
    return [without_words(item) for item in data] if isinstance(data, list) else data


def completed(data):
    """Return recipe data, `as_data` or a record's, with the defaults of what it leaves out: the reverse of `stated`."""
    if isinstance(data, dict):
        return {key: completed(item) for key, item in (_defaults(data.get("kind")) | data).items()}
    return [completed(item) for item in data] if isinstance(data, list) else data


@functools.cache
def _defaults(kind: str | None) -> dict:
    known = getattr(recipes, kind or "", None) or getattr(settings, kind or "", None)
    if not dataclasses.is_dataclass(known):
        return {}
    made = {
        f.name: f.default_factory for f in dataclasses.fields(known) if f.default_factory is not dataclasses.MISSING
    }
    fixed = {f.name: f.default for f in dataclasses.fields(known) if f.default is not dataclasses.MISSING}
    return stated(as_data(fixed | {name: factory() for name, factory in made.items()}))


def deviations(printed: Recipe, run: Recipe) -> list[dict]:
    """Return each field in which the two differ: {"field": dotted path, "published": ..., "run": ...}.

    The profiles to choose from, which a recipe as run has no more, are no difference.
    """
    return differences(as_data(printed) | {"profiles": {}}, as_data(run) | {"profiles": {}})


def differences(published: dict, run: dict) -> list[dict]:
    """Return, of two recipes' data (`as_data`, or `stated`), each field in which they differ, as `deviations` does."""
    return list(_differences("", published, run))


def _differences(path, printed, run):
    if isinstance(printed, dict) and isinstance(run, dict):
        for key in dict.fromkeys((*printed, *run)):
            yield from _differences(f"{path}.{key}" if path else key, printed.get(key), run.get(key))
    elif _named(printed) and _named(run):
        present, remaining = ({one["name"]: one for one in side} for side in (printed, run))
        for name, one in present.items():
            if name in remaining:
                yield from _differences(f"{path}[{name}]", one, remaining[name])
            else:
                yield {"field": f"{path}[{name}]", "published": f"{one['epochs']} epochs", "run": "left out"}
        for name in [name for name in remaining if name not in present]:
            yield {"field": f"{path}[{name}]", "published": "none", "run": f"{remaining[name]['epochs']} epochs"}
    elif isinstance(printed, list) and isinstance(run, list) and len(printed) == len(run):
        for position, (one, other) in enumerate(zip(printed, run, strict=True)):
            yield from _differences(f"{path}[{position}]", one, other)
    elif printed != run:
        yield {"field": path, "published": printed, "run": run}


def _named(value) -> bool:
    """Say whether `value` is a list of phases."""
    return isinstance(value, list) and all(isinstance(one, dict) and one.get("kind") == "Phase" for one in value)


def data_deviations(dropped: int = 0, cropped: bool = False) -> list[dict]:
    """Return the deviations in data that no recipe states: images dropped, faces cropped anew."""
    lines = [("--drop", "none", f"{dropped:,} Training rows")] if dropped else []
    lines += [("--crop", "none", "every face that is found")] if cropped else []
    return [{"field": field, "published": printed, "run": run} for field, printed, run in lines]
