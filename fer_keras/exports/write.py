"""From a .keras file to exported files: converted beside their place, proven there, then put in it."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
from collections.abc import Iterator, Sequence

from fer_keras.exports import FORMATS, QUANTIZATIONS, exporter, faces, network
from fer_keras.exports.faces import ExportFaces
from fer_keras.exports.proof import Proof, prove
from fer_keras.inference.loading import SAVED_MODEL
from fer_keras.io.errors import UserError, expected

STEM, FOLDER = "model", "saved_model"
MARK = SAVED_MODEL
"""What makes a folder one that an export may replace."""
FEW = 64
"""Faces that prove an export which is not quantized."""


@dataclasses.dataclass(frozen=True)
class Exported:
    """A file or folder that was written, and its proof; `size` is in bytes."""

    format: str
    quantize: str
    path: pathlib.Path
    size: int
    proof: Proof

    def __str__(self) -> str:
        kind = self.format if self.quantize == "none" else f"{self.format} {self.quantize}"
        return f"{kind}: {self.path} ({self.size / 1e6:.1f} MB); {self.proof}"


def export(
    model_file: pathlib.Path,
    formats: Sequence[str],
    quantize: str = "none",
    out: pathlib.Path | None = None,
    classes: tuple[str, ...] | None = None,
    data=None,
) -> Iterator[Exported]:
    """Write the model in each of `formats`, and yield each when it is in place.

    Args:
        out: where to write a single format; a folder for several. None is beside the model, named by `default_name`.
        classes: names of the outputs in order, for a file that does not name them.
        data: `Faces`, of which the Training ones calibrate int8 and prove; None proves on drawn faces.

    Raises UserError for a model that is none, a format that cannot be quantized so, int8 without `data`, a file that
    cannot be written, and an export that is not equal to Keras; what was at its place is then as it was.
    """
    require(formats, quantize, data is not None)
    source = network.read(model_file, classes)
    chosen = faces.drawn(source.contract) if data is None else faces.of_data(data, source.contract)
    if quantize == "none":  # the same operations on the same numbers: few faces tell
        chosen = dataclasses.replace(chosen, proving=chosen.proving[:FEW])
    source = dataclasses.replace(source, quantize=quantize, calibration=chosen.calibrating)
    probabilities = source.model.predict(chosen.proving, verbose=0)
    for name in formats:
        target = _target(model_file, name, quantize, out, alone=len(formats) == 1)
        yield _exported(source, name, target, chosen, probabilities)


def default_name(name: str, quantize: str) -> str:
    """Return "saved_model", "model.tflite", "model_int8.tflite", ..."""
    suffix = exporter(name).SUFFIX
    return f"{STEM}{'' if quantize == 'none' else f'_{quantize}'}{suffix}" if suffix else FOLDER


def _exported(source, name, target, chosen: ExportFaces, probabilities) -> Exported:
    with _replacing(target) as part:
        exporter(name).write(part, source)
        written = exporter(name).read(part)
        proof = prove(written, chosen.proving, probabilities, source.quantize, name)
        files = [part] if part.is_file() else [path for path in part.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
    return Exported(name, source.quantize, target, size, proof)


def require(formats: Sequence[str], quantize: str, has_data: bool) -> None:
    """Raise UserError for a format that is none, or cannot be quantized so, and for int8 without data."""
    if quantize not in QUANTIZATIONS:
        raise expected(f"a quantization ({', '.join(QUANTIZATIONS)})", repr(quantize))
    for name in formats:
        if name not in FORMATS:
            raise expected(f"a format ({', '.join(FORMATS)})", repr(name))
        possible = exporter(name).QUANTIZATIONS
        if quantize not in possible:
            raise expected(f"--quantize {' or '.join(possible)} with {name}", quantize, "Export it apart.")
    if quantize == "int8" and not has_data:
        raise expected("faces to calibrate int8", "none", "Give the data set with --data; drawn is one.")


def _target(model_file, name, quantize, out, *, alone: bool) -> pathlib.Path:
    if out is not None and alone:
        return pathlib.Path(out)
    folder = model_file.parent if out is None else pathlib.Path(out)
    return folder / default_name(name, quantize)


@contextlib.contextmanager
def _replacing(target: pathlib.Path) -> Iterator[pathlib.Path]:
    """Give a path beside `target` to write a file or folder at; after the block it becomes `target`.

    When the block raises it is removed. Raises UserError where `target` is a folder that is no export, or cannot be written.
    """
    if target.is_dir() and any(target.iterdir()) and not (target / MARK).is_file():
        raise expected(f"a new file or folder, or an earlier export, at {target}", "another folder", "Give --out PATH.")
    part = target.with_name(f".{target.name}.part{os.getpid()}{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield part
        if target.is_dir():
            shutil.rmtree(target)
        part.replace(target)
    except OSError as error:
        raise UserError(
            f"Cannot write {target}: {error.strerror or error}. Free space or choose another --out."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            shutil.rmtree(part) if part.is_dir() else part.unlink(missing_ok=True)
