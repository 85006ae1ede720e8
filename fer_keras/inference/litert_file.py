"""A .tflite file of the suite: the network, and after it an archive with its class names and input.

Files that belong to a network are appended to it as a ZIP archive, as in the metadata of LiteRT's task libraries
(https://ai.google.dev/edge/litert/models/metadata): a runtime reads the network and stops, `unzip` reads the rest.
`labels.txt` has a class name a line, in order; `fer_keras.json` the contract, and the network's size and SHA-256.
"""

import hashlib
import io
import json
import pathlib
import zipfile

from fer_keras.io import files
from fer_keras.io.errors import expected
from fer_keras.models.contract import Contract, of_json

CONTRACT, LABELS = "fer_keras.json", "labels.txt"
IDENTIFIER, PLACE_OF_IDENTIFIER = b"TFL3", slice(4, 8)
MOST_BYTES, MOST_WORDS = 1 << 30, 1 << 20
"""Of a file, and of its contract."""


def with_contract(network: bytes, contract: Contract) -> bytes:
    """Return the content of the file: equal for equal arguments."""
    facts = {"bytes": len(network), "sha256": hashlib.sha256(network).hexdigest()}
    words = {CONTRACT: json.dumps(contract.as_json() | {"network": facts}, indent=1), LABELS: ""}
    words[LABELS] = "".join(f"{name}\n" for name in contract.class_names)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as target:
        for name, text in words.items():
            target.writestr(zipfile.ZipInfo(name), text.encode())
    return network + archive.getvalue()


def read(path: pathlib.Path) -> tuple[bytes, Contract]:
    """Return (the network, its contract) of the file at `path`, whoever wrote it.

    Raises UserError when it is missing, no network, damaged, or says nothing of its classes and input. A
    checksum finds damage, no malice: as with any program, the network itself should be of a source that one trusts.
    """
    path = pathlib.Path(path)
    content = _content(path)
    if content[PLACE_OF_IDENTIFIER] != IDENTIFIER:
        raise expected(f"a LiteRT network at {path}", "a file without its identifier")
    value = _words(content, path)
    contract = of_json(value, path)
    facts = value.get("network")
    size, digest = (facts.get("bytes"), facts.get("sha256")) if isinstance(facts, dict) else (None, None)
    network = content[:size] if type(size) is int and 8 < size < len(content) else b""
    if hashlib.sha256(network).hexdigest() != digest:
        raise expected(f"the network that was exported to {path}", "a damaged one", "Export it again.")
    return network, contract


def contract(path: pathlib.Path) -> Contract:
    """Return the contract of the file at `path`. Raises what `read` raises, but for a damaged network."""
    return of_json(_words(_content(pathlib.Path(path)), path), path)


def _content(path: pathlib.Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise expected(f"a LiteRT file at {path}", "a folder, pipe or device")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise expected(f"a LiteRT file at {path}", getattr(error, "strerror", None) or error) from error
    if not len(IDENTIFIER) < len(content) <= MOST_BYTES:
        raise expected(f"a LiteRT file of at most {MOST_BYTES} bytes at {path}", f"{len(content)} bytes or more")
    return content


def _words(content: bytes, path) -> dict:
    """Return the JSON value in the archive at the end of `content`."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(CONTRACT) as member:
            words = member.read(MOST_WORDS + 1)
    except Exception as error:  # zipfile and zlib raise nearly anything for damaged bytes
        why = "neither, or a damaged file"
        raise expected(f"class names and input in {path}", why, "Give a file that fer-keras export wrote.") from error
    if len(words) > MOST_WORDS:
        raise expected(f"{CONTRACT} in {path}", f"over {MOST_WORDS} bytes")
    value = files.parse_json(words, path)
    if not isinstance(value, dict):
        raise expected(f"class names and input in {path}", type(value).__name__)
    return value
