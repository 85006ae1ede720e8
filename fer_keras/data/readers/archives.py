"""A file that may be packed: gzip and zip are read in place, every other archive is refused with how to unpack it."""

import contextlib
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from fer_keras.io.errors import UserError, expected

MOST_BYTES = 2 << 30
"""Of what is unpacked: FER2013's own table has 301 MB. A small file can unpack to more than any disk holds."""

GZIP, ZIP, TAR = b"\x1f\x8b", b"PK\x03\x04", b"ustar"
TAR_AT, TAR_HEADER = 257, 512
OTHERS = {
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", "7z x"),
    b"Rar!": ("a rar archive", "unrar x"),
    b"BZh": ("a bzip2 file", "bunzip2 --keep"),
    b"\xfd7zXZ\x00": ("an xz file", "unxz --keep"),
    b"\x28\xb5\x2f\xfd": ("a zstd file", "unzstd --keep"),
    b"PAR1": ("a parquet file", ""),
}
"""{first bytes: (what it is, the program that unpacks it)}."""


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open `path` to read its bytes, unpacked where they are packed; content decides, not the name.

    A gzip file is read as what it packs, a zip archive as the one CSV file in it.
    Raises UserError, in one line that says how to unpack, for any other archive (a tar in gzip too), for a zip archive
    without or with several CSV files, and while reading for what is damaged, encrypted or unpacks to over MOST_BYTES.
    """
    with path.open("rb") as file:
        first = file.read(TAR_HEADER)
        file.seek(0)
        _refuse_others(first, path)
        if first.startswith(GZIP):
            with gzip.open(file) as unpacked:
                yield _Unpacked(unpacked, path)
        elif first.startswith(ZIP):
            with _zip(file, path) as archive, _member(archive, path) as unpacked:
                yield _Unpacked(unpacked, path)
        else:
            yield file


def _refuse_others(first: bytes, path: Path) -> None:
    for start, (what, program) in OTHERS.items():
        if first.startswith(start):
            raise expected(f"a CSV file at {path}", what, _then(program, path))
    if first[TAR_AT:].startswith(TAR):
        raise expected(f"a CSV file at {path}", "a tar archive", _then("tar xf", path))


def _then(program: str, path: Path) -> str:
    unpack = f"Unpack it first ({program} {path.name}) and" if program else "Write it as CSV first and"
    return f"{unpack} give what comes out."


def _zip(file: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise expected(f"a zip archive that is whole at {path}", "a damaged one") from error


def _member(archive: zipfile.ZipFile, path: Path) -> BinaryIO:
    """Open the one CSV file in the archive; what macOS adds does not count."""
    tables = [name for name in archive.namelist() if _is_table(PurePosixPath(name))]
    if len(tables) != 1:
        received = f"{len(tables)} CSV files among its {len(archive.namelist())} files"
        raise expected(f"one CSV file in the archive {path}", received, _then("unzip", path))
    try:
        return archive.open(tables[0])
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise expected(f"a zip archive that can be read in place at {path}", error, _then("unzip", path)) from error


def _is_table(name: PurePosixPath) -> bool:
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return name.suffix.lower() == ".csv" and not hidden


class _Unpacked(io.RawIOBase):
    """What comes out of an archive, so many bytes of it; damage ends in a UserError."""

    def __init__(self, unpacked: BinaryIO, path: Path):
        self._unpacked, self._path, self._left, self._at_start = unpacked, path, MOST_BYTES, True

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._block(size)
        if self._at_start:
            _refuse_others(block, self._path)
            self._at_start = False
        self._left -= len(block)
        if self._left < 0:
            raise expected(f"at most {MOST_BYTES:,} bytes when {self._path} is unpacked", "more")
        return block

    def _block(self, size: int) -> bytes:
        try:
            return self._unpacked.read(size)
        except UserError:
            raise
        except (OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise expected(f"an archive that is whole at {self._path}", "a damaged one") from error
