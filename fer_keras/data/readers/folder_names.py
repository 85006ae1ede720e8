"""What the folders of an image data set mean: the split of `Testing`, the class of `3`, `3_happy` or `Happiness`."""

import re

from fer_keras.config.labels import PRIVATE, PUBLIC, TEST, TRAIN, canonical
from fer_keras.io.errors import expected

SPLITS = {
    "train": TRAIN,
    "training": TRAIN,
    "validation": PUBLIC,
    "val": PUBLIC,
    "valid": PUBLIC,
    "publictest": PUBLIC,
    "test": TEST,
    "testing": TEST,
    "privatetest": PRIVATE,
}
"""{name of a folder, in any case of letters, without spaces, dashes and underscores: its split}."""

_BETWEEN = re.compile(r"[\s_-]+")
_NUMBERED = re.compile(r"\d{1,2}[\s._-]+(?=\D)")


def split_of(name: str) -> str | None:
    """Return the split that a folder's name means, None where it means none."""
    return SPLITS.get(_BETWEEN.sub("", name).lower())


def is_number(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 2


def class_of(name: str, class_names: tuple[str, ...]) -> int:
    """Return the label of a class folder: its number in the order of `class_names`, or a name, perhaps numbered.

    A number before a name ("3_happy", "01 anger") says nothing: copies number the classes in orders of their own.
    Raises UserError for a number that no class has, and for a name that is neither a class nor a synonym of one.
    """
    if is_number(name):
        if int(name) < len(class_names):
            return int(name)
        raise expected(f"a class's number, 0..{len(class_names) - 1}", name)
    word = canonical(_NUMBERED.sub("", name.strip(), count=1))
    if word not in class_names:
        raise expected(f"a class among {', '.join(class_names)}", word)
    return class_names.index(word)


def require_alike(names: list[str], folder: str) -> None:
    """Raise UserError where some class folders are numbers and others names: which class a number means is not known."""
    numbers = [name for name in names if is_number(name)]
    if numbers and len(numbers) < len(names):
        other = next(name for name in names if not is_number(name))
        raise expected(f"class folders in {folder} that are all names or all numbers", f"{numbers[0]} and {other!a}")
