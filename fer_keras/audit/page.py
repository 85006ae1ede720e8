"""What an audit leaves behind: audit.json, the page audit.md generated from it, example pictures, pairs.csv."""

import csv
from pathlib import Path

import numpy as np

from fer_keras import files
from fer_keras.audit import duplicates
from fer_keras.audit.findings import Findings, row_pairs
from fer_keras.evaluate import figures_style as style
from fer_keras.labels import TRAIN, USAGE
from fer_keras.report.markdown import bullets, section, table

COLUMNS = ("row_a", "split_a", "label_a", "row_b", "split_b", "label_b", "kind", "score")
SHOWN = 8
"""Pairs a figure."""
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


def write(found: Findings, record: dict, folder: Path) -> Path:
    """Write the figures, pairs.csv, audit.json and last the page into `folder`; return the page's path.

    `record` is `findings.summary(found)`; the file's also names the figures.

    Each file is replaced as a whole. Equal faces give equal files. Raises UserError when the folder cannot be written.
    """
    record = record | {"figures": {}}
    for kind, shown in examples(found).items():
        name = f"audit_{kind}.png"
        figure = _figure(found, shown)
        files.write(folder / name, lambda part, figure=figure: style.save(figure, part))
        record["figures"][kind] = name
    files.write(folder / "pairs.csv", lambda part: _write_pairs(found, part))
    files.write_json(folder / "audit.json", record)
    page = folder / "audit.md"
    files.write(page, lambda part: part.write_text(render(record), encoding="utf-8"))
    return page


def short(record: dict) -> list[str]:
    """Return the summary in a few lines, the same that begin the page."""
    exact, near, blank = record["exact"], record["near"], record["blank"]
    sizes = ", ".join(f"{n:,} {display(split)}" for split, n in record["splits"].items())
    lines = [
        f"{record['rows']:,} faces from {record['source']}: {sizes}.",
        f"Exact copies: {exact['groups']:,} pictures occur more than once, in {exact['rows']:,} rows; "
        f"{exact['groups_across_splits']:,} of them in several splits, "
        f"{exact['groups_other_label']:,} under several labels.",
        f"Near copies: {near['pictures']:,} pairs of different pictures, and {near['mirrored_pictures']:,} mirrored.",
        f"Blank images: {len(blank['rows']):,}, {blank['constant']:,} of them of one single grey level.",
    ]
    for split, n in record["clean"].items():
        copied, nearly = n["rows"] - n["clean"], n["rows"] - n["near_clean"]
        lines.append(
            f"{display(split)}: {copied:,} of {n['rows']:,} rows ({copied / n['rows']:.1%}) have their pixels "
            f"in {display(TRAIN)}, {nearly:,} ({nearly / n['rows']:.1%}) those or a near copy."
        )
    return lines


def render(record: dict) -> str:
    """Return the Markdown page of an audit.json; no number in it comes from elsewhere."""
    method = (
        f"Near copies score {record['threshold']:.2f} or more (`fer_keras/audit/near.py` says how, and how often that "
        "errs); they include shots of one person a moment apart. [pairs.csv](pairs.csv) lists the pairs of rows. "
        f"Data fingerprint `{record['fingerprint'][:16]}`."
    )
    parts = [
        section("Contamination audit", bullets(short(record)), method, level=1),
        section("Rows with copies, by pair of splits", _between(record)),
        section("Pairs of rows", _pairs(record)),
        section("By class", "Rows with a copy anywhere in the data.", _classes(record)),
    ]
    if record["clean"]:
        parts.append(section("What remains for a clean score", _clean(record)))
    for kind, name in record["figures"].items():
        parts.append(section(TITLES[kind], CAPTIONS[kind], f"![{CAPTIONS[kind]}]({name})"))
    return "\n\n".join(parts) + "\n"


def display(split: str) -> str:
    """Return the data set's own word for `split`: "PublicTest" for "public"."""
    return {ours: theirs for theirs, ours in USAGE.items()}.get(split, split)


def examples(found: Findings) -> dict[str, list[tuple[int, ...]]]:
    """Return {kind: up to SHOWN tuples of one or two positions}, kinds without any left out; one pair a picture."""
    faces = found.faces
    blank = duplicates.blank(faces)
    pairs = {"exact": [], "conflict": []}
    for group in found.groups:
        if not blank[group[0]]:
            other = next((b for b in group[1:] if faces.labels[b] != faces.labels[group[0]]), None)
            across = next((b for b in group[1:] if faces.split[b] != faces.split[group[0]]), group[1])
            pairs["exact"].append((int(group[0]), int(across)))
            pairs["conflict"] += [] if other is None else [(int(group[0]), int(other))]
    order = np.argsort(found.scores, kind="stable")
    pairs["near"] = [tuple(pair) for pair in found.pairs[order[~found.mirrored[order]]].tolist()]
    pairs["mirrored"] = [tuple(pair) for pair in found.pairs[order[found.mirrored[order]]].tolist()]
    chosen = {kind: _spread_out(_across_first(of_kind, faces.split)) for kind, of_kind in pairs.items()}
    chosen["blank"] = [(int(position),) for position in np.flatnonzero(blank)[: 2 * SHOWN]]
    return {kind: shown for kind, shown in chosen.items() if shown}


def _across_first(pairs, split):
    across = [pair for pair in pairs if split[pair[0]] != split[pair[1]]]
    return across if len(across) >= SHOWN else across + [pair for pair in pairs if pair not in across]


def _spread_out(pairs):
    seen, distinct = set(), []
    for pair in pairs:
        if not seen & set(pair):
            distinct.append(pair)
            seen |= set(pair)
    shown = min(SHOWN, len(distinct))
    return [distinct[(2 * n + 1) * len(distinct) // (2 * shown)] for n in range(shown)]


def _figure(found, shown):
    faces, columns = found.faces, 8 // len(shown[0])
    rows = -(-len(shown) // columns)
    scores = dict(zip(map(tuple, found.pairs.tolist()), found.scores.tolist(), strict=True))
    figure, axes = style.canvas(8.4, 1.6 * rows, rows, columns, squeeze=False)
    for panel in axes.flat:
        panel.set_axis_off()
    for panel, positions in zip(axes.flat, shown, strict=False):
        gap = np.full_like(faces.images[0][:, :2], 255)
        parts = [part for position in positions for part in (gap, faces.images[position])][1:]
        image = np.concatenate(parts, axis=1)
        grey = image.shape[2] == 1
        panel.imshow(image[..., 0] if grey else image, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
        lines = [_named(faces, position) for position in positions]
        lines += [f"score {scores[positions]:.2f}"] if positions in scores else []
        panel.set_title("\n".join(lines), fontsize=6)
    return figure


def _named(faces, position):
    return f"{display(str(faces.split[position]))} {faces.rows[position]}: {faces.class_names[faces.labels[position]]}"


def _write_pairs(found, path):
    faces = found.faces
    names, rows, split = np.array(faces.class_names)[faces.labels].tolist(), faces.rows.tolist(), faces.split.tolist()
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for a, b, kind, score in row_pairs(found):
            writer.writerow((rows[a], split[a], names[a], rows[b], split[b], names[b], kind, f"{score:.4f}"))


def _between(record):
    header = ("rows of", "with copies in", "exact", "of another label", "exact or near", "of another label")
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
    header = ("class", "rows", "exact", "of another label", "exact or near", "of another label", "blank")
    keys = ("rows", "exact", "exact_other_label", "near", "near_other_label", "blank")
    return table(header, ([name, *(f"{n[key]:,}" for key in keys)] for name, n in record["classes"].items()))


def _clean(record):
    header = ("split", "rows", f"no exact copy in {display(TRAIN)}", "no exact or near copy there")
    keys = ("rows", "clean", "near_clean")
    return table(header, ([display(split), *(f"{n[key]:,}" for key in keys)] for split, n in record["clean"].items()))
