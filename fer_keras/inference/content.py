"""What a file holds, told by its first bytes, whatever it is called."""

import pathlib

HEAD = 64
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
AVIF_BRANDS = (b"avif", b"avis")
STARTS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"%PDF": "PDF",
    b"%!PS": "PostScript",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x93NUMPY": "a NumPy array",
    b"version https://git-lfs": "a Git LFS pointer instead of the file itself",
    b"\x1aE\xdf\xa3": "video",
    b"FLV\x01": "video",
    b"\0\0\x01\xba": "video",
    b"\0\0\x01\xb3": "video",
    b"0&\xb2u\x8ef\xcf\x11": "video",
    b"OggS": "video",
}
"""{first bytes: kind}: Matroska and WebM, Flash, MPEG-1 and 2, Windows Media and Ogg are "video"."""
PAGES = (b"<!doctype html", b"<html")


def kind_of(head: bytes) -> str:
    """Return the kind of file that begins with the HEAD bytes `head`: "JPEG", "HEIC", "video", "a web page", ..."""
    for start, kind in STARTS.items():
        if head.startswith(start):
            return kind
    if head[:4] == b"RIFF":
        return {b"WEBP": "WebP", b"AVI ": "video"}.get(head[8:12], "something else")
    if head[4:8] == b"ftyp":
        return _of_brands(head[8:12], head[16:])
    if head[4:8] in (b"moov", b"mdat", b"wide"):
        return "video"
    if head.lstrip().lower().startswith(PAGES):
        return "a web page instead of the file itself"
    return "text" if head and all(byte >= 32 or byte in b"\t\n\r" for byte in head) else "something else"


def _of_brands(major: bytes, others: bytes) -> str:
    """Tell the photos from the videos among ISO base media files; "mif1" alone leaves the codec to the other brands."""
    if major in AVIF_BRANDS or (major in (b"mif1", b"msf1") and any(brand in others for brand in AVIF_BRANDS)):
        return "AVIF"
    return "HEIC" if major in HEIC_BRANDS else "video"


def head_of(path: pathlib.Path) -> bytes:
    """Return the first HEAD bytes of the file at `path`, b"" for what cannot be read."""
    try:
        if not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(HEAD)
    except (OSError, ValueError):
        return b""
