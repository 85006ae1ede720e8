"""Models from .keras files, with every layer of ours known to Keras, and nothing run that a file brings along."""

import importlib
import pathlib
import pkgutil
import zipfile

import keras

import fer_keras.layers
from fer_keras.io.errors import expected

MEMBERS = {"config.json", "metadata.json", "model.weights.h5"}
MOST_EXPANSION, ALWAYS_ALLOWED = 4, 1 << 28
"""A file may unpack to ALWAYS_ALLOWED bytes, and beyond that to MOST_EXPANSION times its own size."""


def load(path: pathlib.Path) -> keras.Model:
    """Return the model in the .keras file at `path`, uncompiled.

    Keras's safe mode refuses what would run code of the file's (Lambda layers, foreign functions). Older formats, whose
    readers do not, are refused here, and so is an archive with other members than Keras writes for a model, or one that
    would unpack to far more than it is.
    Keras finds a registered layer only after its module was imported; this imports them all.
    Raises UserError when there is no such file, or it is no model that Keras can read safely.
    """
    path = pathlib.Path(path)
    try:
        _require_archive(path)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise expected(f"a model saved by Keras at {path}", getattr(error, "strerror", None) or error) from error
    for module in pkgutil.iter_modules(fer_keras.layers.__path__, "fer_keras.layers."):
        importlib.import_module(module.name)
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises most kinds, from KeyError to zipfile's, for a damaged file
        why = " ".join(str(error).split())[:200]
        raise expected(f"a model saved by Keras at {path}", why or type(error).__name__) from error


def _require_archive(path):
    if path.exists() and not path.is_file():
        raise ValueError("a folder, pipe or device")
    if path.suffix != ".keras" and path.is_file():
        raise ValueError(f"a file that ends in {path.suffix or 'nothing'}, not .keras")
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    names, size = [member.filename for member in members], path.stat().st_size
    if len(names) != len(MEMBERS) or set(names) != MEMBERS:
        raise ValueError(f"an archive of {', '.join(map(ascii, names[:4]))}")
    total = sum(member.file_size for member in members)
    if total > ALWAYS_ALLOWED + MOST_EXPANSION * size:
        raise ValueError(f"{size} bytes that would unpack to {total}")
