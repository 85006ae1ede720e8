"""What the page consists of: every address that the server answers, and the headers of each answer."""

import dataclasses
import gzip
import json
import pathlib
import re

from fer_keras.io.errors import expected

FOLDER = pathlib.Path(__file__).parent
STATIC, FILES = FOLDER / "static", FOLDER / "files.json"
"""What `npm run build` in web/ writes; and {address: file of the package} of the networks, which are not copied."""
PAGE, COMPRESSED = "index.html", ".gz"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".tflite": "application/octet-stream",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)"')


@dataclasses.dataclass(frozen=True)
class File:
    """A file behind an address: its path, whether it is compressed there, and its MIME type."""

    path: pathlib.Path
    compressed: bool
    type: str

    def content(self, compressed: bool) -> bytes:
        """Return its bytes; `compressed` as they lie there, which only a compressed file may be."""
        stored = self.path.read_bytes()
        return gzip.decompress(stored) if self.compressed and not compressed else stored


def files() -> dict[str, File]:
    """Return {address: File} of the whole page; "/" is the page itself.

    Raises UserError where a file of the package is missing.
    """
    paths = {path.name: path for path in STATIC.glob("*") if path.is_file()}
    paths |= {address: FOLDER.parent / name for address, name in json.loads(FILES.read_text("utf-8")).items()}
    missing = [str(path) for path in paths.values() if not path.is_file()]
    if PAGE not in paths or missing:
        raise expected(f"the page's files in {STATIC}", f"no {(missing or [PAGE])[0]}", "Install fer-keras anew.")
    table = {f"/{name.removesuffix(COMPRESSED)}": _file(path) for name, path in paths.items()}
    return table | {"/": table[f"/{PAGE}"]}


def headers() -> dict[str, str]:
    """Return the headers of every answer. The policy is the page's own, and that no other page may frame it."""
    policy = _POLICY.search((STATIC / PAGE).read_text("utf-8"))
    if policy is None:
        raise expected(f"a Content-Security-Policy in {STATIC / PAGE}", "none", "Install fer-keras anew.")
    return ALWAYS | {"Content-Security-Policy": f"{policy[1]}; frame-ancestors 'none'"}


def _file(path: pathlib.Path) -> File:
    compressed = path.suffix == COMPRESSED
    kind = path.with_suffix("").suffix if compressed else path.suffix
    return File(path, compressed, TYPES[kind])
