"""Checks what a JSON file holds: types and required keys, one line an error.

A specification is a type or tuple of types (NoneType for null), `Many(spec)` for a list, `Each(spec)` for an object
with any keys, `Maybe(spec)` for null or a value, or a dict of keys; a key that ends in "?" may be absent. Keys that it
does not name are allowed.
"""

import dataclasses
import math
import re

from fer_keras.io.errors import expected

NUMBER, NONE = (int, float), type(None)
LARGEST = 2**53
"""Whole numbers beyond this are no counts, and floats cannot hold them."""

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,127}")
"""Names that become files."""

MAYBE_NUMBER = (int, float, NONE)
ANYTHING = (int, float, str, bool, list, dict, NONE)


@dataclasses.dataclass(frozen=True)
class Many:
    """A list of items of one specification."""

    item: object


@dataclasses.dataclass(frozen=True)
class Each:
    """An object whose keys are free and whose values have one specification."""

    item: object


@dataclasses.dataclass(frozen=True)
class Maybe:
    """Null, or something of a specification."""

    item: object


def require(value: object, spec: object, source: str):
    """Return `value` when it fits the specification. Raises UserError naming `source` and the first key at fault."""
    for path, what, received in _faults(value, spec, ""):
        raise expected(f"{what} at {path or 'top level'} in {source}", received)
    return value


def _faults(value, spec, path):
    if isinstance(spec, Maybe):
        spec = NONE if value is None else spec.item
    if isinstance(spec, Many):
        yield from _of_type(value, list, path)
        for position, item in enumerate(value):
            yield from _faults(item, spec.item, f"{path}[{position}]")
    elif isinstance(spec, Each):
        yield from _of_type(value, dict, path)
        for key, item in value.items():
            yield from _faults(item, spec.item, f"{path}.{key}".lstrip("."))
    elif isinstance(spec, dict):
        yield from _of_type(value, dict, path)
        for key, item in spec.items():
            name, inner = key.rstrip("?"), f"{path}.{key.rstrip('?')}".lstrip(".")
            if name in value:
                yield from _faults(value[name], item, inner)
            elif not key.endswith("?"):
                yield inner, "a value", "none"
    else:
        yield from _of_type(value, spec, path)


def _of_type(value, types, path):
    types = types if isinstance(types, tuple) else (types,)
    boolean_for_number = isinstance(value, bool) and bool not in types
    if not isinstance(value, types) or boolean_for_number:
        yield (path, " or ".join("null" if t is NONE else t.__name__ for t in types), brief(value))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, "a finite number", value
    elif isinstance(value, int) and abs(value) > LARGEST:
        yield path, f"a number up to {LARGEST}", brief(value)


def brief(value) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
