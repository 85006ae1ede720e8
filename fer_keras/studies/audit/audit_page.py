"""audit/audit.md: what `python -m fer_keras.audit` found in a data set, from the audit.json that it left."""

import hashlib
from pathlib import Path

from fer_keras.config.labels import TRAIN, USAGE
from fer_keras.evaluation.plots import figures_style
from fer_keras.io import files, specification
from fer_keras.io.errors import expected
from fer_keras.report.markdown import bullets, section, table

FOLDER, RECORD, PAGE, PAIRS = "audit", "audit.json", "audit.md", "pairs.csv.gz"

TITLES = {
    "exact": "Examples: exact copies",
    "conflict": "Examples: exact copies under different labels",
    "near": "Examples: near copies",
    "mirrored": "Examples: mirrored copies",
    "blank": "Examples: blank images",
}
CAPTIONS = {
    "exact": "Equal pixels; pairs across splits first.",
    "conflict": "Equal pixels, different labels; pairs across splits first.",
    "near": "Pairs across splits first, spread evenly over the scores.",
    "mirrored": "As they are in the data, chosen in the same way.",
    "blank": "Images with next to nothing on them.",
}

_COUNTS = {"exact": int, "exact_other_label": int, "near": int, "near_other_label": int}
PROVENANCE = {
    "commit": str,
    "dirty": bool,
    "versions": specification.Each(str),
    "processor": str,
    "seconds?": specification.MAYBE_NUMBER,
}
SCHEMA = {
    "source": str,
    "fingerprint": str,
    "rows": int,
    "splits": specification.Each(int),
    "threshold": specification.NUMBER,
    "exact": {"groups": int, "rows": int, "groups_across_splits": int, "groups_other_label": int},
    "near": {"pictures": int, "mirrored_pictures": int},
    "blank": {"constant": int, "rows": specification.Many(int)},
    "between": specification.Many({"of": str, "in": str, **_COUNTS}),
    "pairs": specification.Many({"a": str, "b": str, "exact": int, "near": int, "mirrored": int}),
    "classes": specification.Each({"rows": int, **_COUNTS, "blank": int}),
    "clean": specification.Each({"rows": int, "clean": int, "near_clean": int}),
    "figures": specification.Each(str),
    "pairs_csv": {"rows": int, "sha256": str},
    "provenance": PROVENANCE,
}


NO_PICTURES = "`python -m fer_keras.audit PATH` draws examples; pictures of real faces may not be redistributed."


def read(path: Path) -> dict:
    """Return a checked audit.json. Raises UserError (file and key) for anything else."""
    record = specification.require(files.read_json(path), SCHEMA, str(path))
    unknown = set(record["figures"]) - set(TITLES)
    if unknown or not all(specification.PLAIN_NAME.fullmatch(name) for name in record["figures"].values()):
        raise expected(f"figures of {', '.join(TITLES)} under plain file names in {path}", record["figures"])
    return record


def digest(folder: Path) -> str:
    """Return what every figure of an audit carries: the digest of its audit.json."""
    return hashlib.sha256((Path(folder) / RECORD).read_bytes()).hexdigest()


def stale(folder: Path, record: dict) -> list[Path]:
    """Return the figures and PAIRS where they are not those that the audit wrote. Only an audit can write them."""
    folder, source = Path(folder), digest(folder)
    figures = [folder / name for name in record["figures"].values()]
    found = [path for path in figures if not figures_style.drawn_from(path, source)]
    pairs = folder / PAIRS
    if not pairs.is_file() or hashlib.sha256(pairs.read_bytes()).hexdigest() != record["pairs_csv"]["sha256"]:
        found.append(pairs)
    return found + [path for path in sorted(folder.glob("*.png")) if path not in figures]


def short(record: dict) -> list[str]:
    """Return the summary in a few lines, the same that begin the page."""
    exact, near, blank = record["exact"], record["near"], record["blank"]
    sizes = ", ".join(f"{n:,} {display(split)}" for split, n in record["splits"].items())
    lines = [
        f"{record['rows']:,} faces from {record['source']}: {sizes}.",
        f"Exact copies: {exact['groups']:,} pictures occur more than once, in {exact['rows']:,} places; "
        f"{exact['groups_across_splits']:,} of them in several splits, "
        f"{exact['groups_other_label']:,} under several labels.",
        f"Near copies: {near['pictures']:,} pairs of different pictures, and {near['mirrored_pictures']:,} mirrored.",
        f"Blank images: {len(blank['rows']):,}, {blank['constant']:,} of them of one single grey level.",
    ]
    for split, n in record["clean"].items():
        copied, nearly = n["rows"] - n["clean"], n["rows"] - n["near_clean"]
        lines.append(
            f"{display(split)}: {copied:,} of {n['rows']:,} images ({copied / n['rows']:.1%}) have an exact copy "
            f"in {display(TRAIN)}, {nearly:,} ({nearly / n['rows']:.1%}) an exact or near copy."
        )
    return lines


def render(record: dict) -> str:
    """Return the Markdown page of an audit.json; no number in it comes from elsewhere."""
    method = (
        f"Near copies score {record['threshold']:.2f} or more (`fer_keras/data/near.py` says how, and how often this "
        "errs). They include shots of one person a moment apart. [pairs.csv.gz](pairs.csv.gz) lists the pairs. "
        f"Data fingerprint `{record['fingerprint'][:16]}`."
    )
    made = provenance(record["provenance"], f"python -m fer_keras.audit {record['source']}")
    parts = [
        section("Which images of FER2013 are copies?", bullets(short(record)), level=1),
        section("Images with copies, by pair of splits", _between(record)),
        section("Pairs of copies", _pairs(record)),
        section("By class", "Images with a copy anywhere in the data.", _classes(record)),
    ]
    if record["clean"]:
        parts.append(section("Images without copies in Training", _clean(record)))
    if not record["figures"]:
        parts.append(section("Examples", NO_PICTURES))
    for kind, name in record["figures"].items():
        parts.append(section(TITLES[kind], CAPTIONS[kind], f"![{CAPTIONS[kind]}]({name})"))
    parts.append(section("Method", method, made))
    return "\n\n".join(parts) + "\n"


def provenance(made: dict, command: str) -> str:
    """Return the line that says by which program the numbers were found."""
    versions = ", ".join(f"{name} {version}" for name, version in made["versions"].items())
    took = "" if made.get("seconds") is None else f", {made['seconds']:.0f} s"
    changed = " with uncommitted changes" if made["dirty"] else ""
    return f"By `{command}` at commit `{made['commit'][:12]}`{changed} on {made['processor']}{took}; {versions}."


def display(split: str) -> str:
    """Return the data set's own word for `split`: "PublicTest" for "public"."""
    return {ours: theirs for theirs, ours in USAGE.items()}.get(split, split)


def _between(record):
    header = ("images of", "with copies in", "exact", "with another label", "exact or near", "with another label")
    keys = ("exact", "exact_other_label", "near", "near_other_label")
    return table(
        header, ([display(n["of"]), display(n["in"]), *(f"{n[key]:,}" for key in keys)] for n in record["between"])
    )


def _pairs(record):
    kinds = ("exact", "near", "mirrored")
    return table(
        ("splits", *kinds),
        ([f"{display(n['a'])} and {display(n['b'])}", *(f"{n[kind]:,}" for kind in kinds)] for n in record["pairs"]),
    )


def _classes(record):
    header = ("class", "images", "exact", "with another label", "exact or near", "with another label", "blank")
    keys = ("rows", "exact", "exact_other_label", "near", "near_other_label", "blank")
    return table(header, ([name, *(f"{n[key]:,}" for key in keys)] for name, n in record["classes"].items()))


def _clean(record):
    header = ("split", "images", f"no exact copy in {display(TRAIN)}", "no exact or near copy there")
    keys = ("rows", "clean", "near_clean")
    return table(header, ([display(split), *(f"{n[key]:,}" for key in keys)] for split, n in record["clean"].items()))
