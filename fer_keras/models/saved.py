"""Models in .keras files: Keras's own layers in the file, the suite's quick ones in memory; the contract beside them.

The contract stands in the member metadata.json, beside Keras's version: Keras neither reads nor refuses what is there,
whereas with a member of its own it would unpack the whole archive to disk on every loading.
"""

import json
import pathlib
import zipfile

import keras

import fer_keras.layers  # noqa: F401  (Keras finds a registered layer only after its module was imported)
from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.layers.cpu_kernels import FAST_LAYERS, STOCK_LAYERS
from fer_keras.models.contract import Contract, of_json
from fer_keras.models.fast_layers import replaced

METADATA, KEY = "metadata.json", "fer_keras"
MEMBERS = {"config.json", METADATA, "model.weights.h5"}
MOST_EXPANSION, ALWAYS_ALLOWED = 4, 1 << 28
"""A file may unpack to ALWAYS_ALLOWED bytes, and beyond that to MOST_EXPANSION times its own size."""
LONGEST_METADATA = 1 << 20


def save(model: keras.Model, path: pathlib.Path, contract: Contract | None = None) -> None:
    """Write `model`, uncompiled or not, to the .keras file at `path`, atomically, and `contract` with it.

    Where a layer of the suite is only a quicker way to the same numbers, the file holds Keras's layer, so that
    `keras.saving.load_model` alone reads it unless the network has other layers of the suite (then after
    `import fer_keras.layers`). Raises UserError when it cannot be written.
    """
    stock = replaced(model, STOCK_LAYERS)

    def write(part: pathlib.Path):
        stock.save(part)
        if contract is not None:
            _add_contract(part, contract)

    files.write(pathlib.Path(path), write)


def load(path: pathlib.Path) -> keras.Model:
    """Return the model in the .keras file at `path`, uncompiled, with the suite's quick layers.

    Keras's safe mode refuses what would run code of the file's (Lambda layers, foreign functions). Older formats, whose
    readers do not, are refused here, and so is an archive with other members than Keras writes for a model, or one that
    would unpack to far more than it is.
    Raises UserError when there is no such file, or it is no model that Keras can read safely.
    """
    path = pathlib.Path(path)
    _require_archive(path)
    try:
        return replaced(keras.models.load_model(path, compile=False, safe_mode=True), FAST_LAYERS)
    except Exception as error:  # Keras raises most kinds, from KeyError to zipfile's, for a damaged file
        why = " ".join(str(error).split())[:200]
        raise expected(f"a model saved by Keras at {path}", why or type(error).__name__) from error


def contract(path: pathlib.Path) -> Contract | None:
    """Return what the .keras file at `path` says of its classes and input; None when it says nothing.

    Raises UserError for a file that is no model, or a contract that is none.
    """
    path = pathlib.Path(path)
    _require_archive(path)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(METADATA) as file:
            content = file.read(LONGEST_METADATA + 1)
    except Exception as error:  # zipfile and zlib raise nearly anything for damaged bytes
        raise expected(f"{METADATA} in {path}", str(error)[:200] or type(error).__name__) from error
    if len(content) > LONGEST_METADATA:
        raise expected(f"{METADATA} in {path}", f"over {LONGEST_METADATA} bytes")
    metadata = files.parse_json(content, path)
    if not isinstance(metadata, dict) or KEY not in metadata:
        return None
    return of_json(metadata[KEY], path)


def class_names(path: pathlib.Path, model: keras.Model, given: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return the names of the outputs of `model`, loaded from `path`: those `given`, or those in the file.

    Raises UserError when there are none, or not one for each output: a foreign model's order is never guessed.
    """
    recorded = None if given else contract(path)
    names = given or (recorded and recorded.class_names)
    if not names:
        raise expected(f"class names in {path}", "a model without them", "Give them in its order with --classes a,b,c.")
    outputs = model.output_shape[-1]
    if len(names) != outputs:
        raise expected(f"{outputs} class names for {path}, one for each output", f"{len(names)}: {', '.join(names)}")
    return tuple(names)


def _add_contract(path: pathlib.Path, contract: Contract) -> None:
    """Write the archive again, with the contract in its metadata: zipfile cannot replace a member."""
    copy = path.with_name(f"{path.name}.copy")
    try:
        with zipfile.ZipFile(path) as before, zipfile.ZipFile(copy, "w") as after:
            for member in before.infolist():
                content = before.read(member)
                if member.filename == METADATA:
                    content = json.dumps({**json.loads(content), KEY: contract.as_json()}).encode()
                after.writestr(member, content)
        copy.replace(path)
    finally:
        copy.unlink(missing_ok=True)


def _require_archive(path: pathlib.Path) -> None:
    try:
        _check_archive(path)
    except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
        raise expected(f"a model saved by Keras at {path}", getattr(error, "strerror", None) or error) from error


def _check_archive(path: pathlib.Path) -> None:
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
