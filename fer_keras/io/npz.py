"""Reads .npz archives of arrays, whoever wrote them: checked, bounded, and without pickle; writes small ones.

NumPy's own reader allocates what a member's header declares before it has seen the data, raises MemoryError or
OverflowError for absurd shapes, and leaves a member's checksum unread when its header was shortened.
"""

import io
import math
import os
import zipfile
from pathlib import Path

import numpy as np

from fer_keras.io.errors import expected

MOST_MEMBERS = 100_000
MOST_EXPANSION, ALWAYS_ALLOWED = 4, 1 << 28
"""An archive may unpack to ALWAYS_ALLOWED bytes, and beyond that to MOST_EXPANSION times its own size."""

LONGEST_END = 22 + 0xFFFF
"""Bytes of an archive's end record with the longest comment."""

MORE_MEMBERS = 0xFFFF
"""What the end record counts where there are more members than its two bytes hold."""

LEAST_FOR_LZMA = 1 << 12
"""Bytes of an array below which LZMA takes longer to begin than to compress, and saves next to nothing."""
COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA)
KINDS = "biufU"
"""Boolean, signed, unsigned, floating point, text: kinds of numbers that are nothing but their bytes."""


def write_smallest(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write an archive that NumPy reads, compressed by LZMA, small arrays by Deflate.

    Its bytes depend on the arrays alone, not on the time of day.
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name, array in arrays.items():
            information = zipfile.ZipInfo(f"{name}.npy")
            array = np.asarray(array)
            information.compress_type = zipfile.ZIP_DEFLATED if array.nbytes < LEAST_FOR_LZMA else zipfile.ZIP_LZMA
            with archive.open(information, "w") as member:
                np.lib.format.write_array(member, array, allow_pickle=False)


def read_npz(path: Path, what: str = "an .npz archive") -> dict[str, np.ndarray]:
    """Return every array of the archive at `path`, each read-only.

    Every member's CRC-32 is compared, and its header's shape and type with the number of its bytes, before there is an
    array. Raises UserError, naming `what` and `path`, for anything else: a missing or damaged file, one that would
    unpack to far more than it is, objects that only pickle could restore.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise ValueError("a folder, pipe or device")
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            _require_all(path, members)
            _require_reasonable(members, path.stat().st_size)
            return {member.filename.removesuffix(".npy"): _array(archive, member) for member in members}
    except Exception as error:  # zipfile, zlib and NumPy's header parser raise nearly anything for damaged bytes
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise expected(f"{what} in {path}", reason[:200]) from error


def _require_all(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Raise ValueError where the archive's end record counts other members: an entry's damaged length can hide the next."""
    with path.open("rb") as file:
        file.seek(-min(LONGEST_END, path.stat().st_size), os.SEEK_END)
        content = file.read()
    end = content.rfind(b"PK\5\6")
    counted = int.from_bytes(content[end + 10 : end + 12], "little")
    if counted not in (len(members), MORE_MEMBERS):
        raise ValueError(f"{len(members)} members where {counted} are counted")


def _require_reasonable(members: list[zipfile.ZipInfo], size: int) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MOST_MEMBERS or total > ALWAYS_ALLOWED + MOST_EXPANSION * size:
        raise ValueError(f"{size} bytes that would unpack to {len(members)} arrays of {total} bytes")
    if len({member.filename for member in members}) < len(members):
        raise ValueError("two arrays of one name")
    if any(member.compress_type not in COMPRESSIONS for member in members):
        raise ValueError("a compression other than deflate and LZMA")


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    with archive.open(member) as file:
        content = file.read(member.file_size)  # read() without a size would unpack all there is, declared or not
    if len(content) != member.file_size:
        raise ValueError(f"{member.filename} cut short")
    return array_of(content, member.filename)


def array_of(content: bytes, name: str) -> np.ndarray:
    """Return the array whose .npy file has these bytes, as a view of them. Raises nearly anything when they are none."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    headers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    if version not in headers:
        raise ValueError(f"{name} in version {version} of the .npy format")
    shape, fortran, dtype = headers[version](file)
    if dtype.kind not in KINDS or not dtype.itemsize:
        raise ValueError(f"{name} of type {dtype}, which is no plain number or text")
    count = math.prod(shape)
    if min(shape, default=0) < 0 or count * dtype.itemsize != len(content) - file.tell():
        raise ValueError(f"{name} of shape {shape} and type {dtype} in {len(content) - file.tell()} bytes")
    flat = np.frombuffer(content, dtype, count, file.tell()) if count else np.zeros(0, dtype)
    flat.setflags(write=False)
    return flat.reshape(shape, order="F" if fortran else "C")
