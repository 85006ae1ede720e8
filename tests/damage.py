"""Damage for run directories: bytes, JSON values and archives that no reader may stumble over."""

import io
import zipfile

import numpy as np

from tests.fuzzing import mutated

JSON = (
    b"[",
    b"{",
    b"}",
    b",",
    b'"',
    b"null",
    b"NaN",
    b"-1",
    b"1e999",
    b"9" * 30,
    b'"\\ud800"',
    b"\0",
    b"\xff",
    b"true",
)
ODD = (
    None,
    True,
    -1,
    0,
    3,
    2**53 + 1,
    10**30,
    1e308,
    -0.5,
    "",
    "x",
    "../x",
    "\ud800",
    "\x1b[2J",
    [],
    {},
    [[]],
    {"": 0},
)
HEADER = (b"(1000000000000,)", b"(-1,)", b"(36893488147419103232,)", b"'|O'", b"<f8", b"(", b"9" * 50, b"\xff" * 4)


def archive(arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def repacked(content, edits):
    """Return the archive with its first members mutated, and their checksums right again."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for position, name in enumerate(before.namelist()):
            member = before.read(name)
            after.writestr(name, mutated(member, edits[position:], HEADER) if position < len(edits) else member)
    return file.getvalue()


def damaged(content, edits, inside):
    return repacked(content, edits) if inside else mutated(content, edits, (b"PK\x01\x02", b"\0\0\0\0", b"\xff" * 8))
