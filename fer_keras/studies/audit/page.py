"""What an audit leaves behind: audit.json, the page generated from it, example pictures, pairs.csv.gz; FER+'s labels.json."""

import csv
import gzip
import hashlib
import io
from pathlib import Path

import numpy as np

from fer_keras.data import duplicates
from fer_keras.evaluation.plots import figures_style as style
from fer_keras.io import files
from fer_keras.runs import environment
from fer_keras.studies.audit import agreement, audit_page, labels_page
from fer_keras.studies.audit.audit_page import PAGE, PAIRS, RECORD, display
from fer_keras.studies.audit.findings import Findings, row_pairs

COLUMNS = ("row_a", "split_a", "label_a", "row_b", "split_b", "label_b", "kind", "score")
SHOWN = 8
"""Pairs a figure."""


def write(found: Findings, record: dict, folder: Path, seconds: float | None = None) -> Path:
    """Write the pairs, figures, audit.json and last the pages into `folder`; return the audit's page.

    `record` is `findings.summary(found)`; the file's also names the figures, the pairs' digest and what made them, with
    the `seconds` that it took. Faces with FER+ votes get labels.json and labels.md as well (`audit.agreement`).

    Each file is replaced as a whole. Equal faces give equal files, `seconds` aside. Raises UserError when the folder
    cannot be written.
    """
    shown = examples(found)
    lines = _pairs(found)
    pairs = gzip.compress("".join(lines).encode(), mtime=0)
    files.write(folder / PAIRS, lambda part: part.write_bytes(pairs))
    record = record | {
        "figures": {kind: f"audit_{kind}.png" for kind in shown},
        "pairs_csv": {"rows": len(lines) - 1, "sha256": hashlib.sha256(pairs).hexdigest()},
        "provenance": environment.provenance() | {"seconds": seconds},
    }
    files.write_json(folder / RECORD, record)
    source = audit_page.digest(folder)
    for kind, positions in shown.items():
        style.save(_figure(found, positions), folder / record["figures"][kind], source)
    if agreed := agreement.summary(found.faces):
        agreed |= {"provenance": environment.provenance()}
        files.write_json(folder / labels_page.RECORD, agreed)
        _write_text(folder / labels_page.PAGE, labels_page.render(agreed))
    _write_text(folder / PAGE, audit_page.render(record))
    return folder / PAGE


def _write_text(path, text):
    files.write(path, lambda part: part.write_text(text, encoding="utf-8"))


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


def _pairs(found) -> list[str]:
    """Return the lines of pairs.csv, the names of its columns first."""
    faces, table = found.faces, io.StringIO(newline="")
    names, rows, split = np.array(faces.class_names)[faces.labels].tolist(), faces.rows.tolist(), faces.split.tolist()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for a, b, kind, score in row_pairs(found):
        writer.writerow((rows[a], split[a], names[a], rows[b], split[b], names[b], kind, f"{score:.4f}"))
    return table.getvalue().splitlines(keepends=True)
