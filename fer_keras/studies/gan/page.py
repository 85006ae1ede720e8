"""What a training leaves to be looked at: two pictures, gan.json, and the page generated from it."""

from pathlib import Path

import numpy as np

from fer_keras.evaluation.plots import figures_style as style
from fer_keras.io import files
from fer_keras.report.markdown import bullets, minutes, number, section, table
from fer_keras.report.provenance import stamp
from fer_keras.studies.gan.memory import Nearest

SAMPLES, NEAREST, RECORD, PAGE = "samples.png", "nearest.png", "gan.json", "page.md"
SHOWN = 12
"""Faces a row."""
NO_PICTURES = "The command draws them beside its own page; pictures of real faces may not be redistributed."
SAMPLES_ALT = "A grid of 96 generated faces, not selected."
NEAREST_ALT = (
    "Generated faces with the nearest training face below each and the distance between them: a row that was not "
    "selected, and a row of the generated faces that lie nearest to a training face."
)


def write(folder: Path, record: dict, made: np.ndarray, train: np.ndarray, found: Nearest) -> Path:
    """Write samples.png, nearest.png, gan.json and page.md into `folder`; return the page.

    Args:
        record: see `render`.
        made, train: uint8 [N, 48, 48, 1] and [M, 48, 48, 1]; `found` says which training face is nearest to each.
    """
    style.save(samples(made[: 8 * SHOWN]), folder / SAMPLES)
    style.save(pairs(made, train, found), folder / NEAREST)
    files.write_json(folder / RECORD, record)
    path = folder / PAGE
    files.write(path, lambda part: part.write_text(render(record), encoding="utf-8"))
    return path


def samples(made: np.ndarray):
    """Draw up to 96 faces, twelve a row."""
    rows = -(-len(made) // SHOWN)
    grid = np.full((rows * SHOWN, *made.shape[1:]), 255, np.uint8)
    grid[: len(made)] = made
    side = made.shape[1]
    sheet = grid.reshape(rows, SHOWN, side, side).transpose(0, 2, 1, 3).reshape(rows * side, SHOWN * side)
    figure, axes = style.canvas(8.4, 0.7 * rows)
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    return figure


def pairs_data(found: Nearest) -> list[np.ndarray]:
    """Return the positions of the made faces in the two rows of `pairs`: the first ones, and the nearest ones."""
    return [np.arange(min(SHOWN, len(found.distance))), np.argsort(found.distance, kind="stable")[:SHOWN]]


def pairs(made: np.ndarray, train: np.ndarray, found: Nearest):
    """Draw made faces over their nearest training faces (mirrored where that is nearer), with the distance."""
    shown = pairs_data(found)
    figure, axes = style.canvas(8.4, 3.6, 4, SHOWN, squeeze=False)
    for panel in axes.flat:
        panel.set(xticks=[], yticks=[])
        panel.set_frame_on(False)
    for top, positions in zip((0, 2), shown, strict=True):
        for column, position in enumerate(positions):
            real = train[found.index[position]]
            _face(axes[top][column], made[position])
            _face(axes[top + 1][column], real[:, ::-1] if found.mirrored[position] else real)
            axes[top + 1][column].set_xlabel(f"{found.distance[position]:.2f}", fontsize=8)
    for row, label in enumerate(("generated", "nearest real", "generated,\nnearest ones", "nearest real")):
        axes[row][0].set_ylabel(label, fontsize=8)
    return figure


def _face(panel, image):
    panel.imshow(image[..., 0], cmap="gray", vmin=0, vmax=255, interpolation="nearest")


def render(record: dict, pictures: bool = True) -> str:
    """Return the Markdown page of a gan.json; no number in it comes from elsewhere.

    `record` has "class", "faces", "seed", "epochs", "minutes", "settings", "parameters", "history", "memory"
    (`memory.figures`), "held_name", "held_copies", "sha256", "command", "versions", "commit", "dirty", and
    "data" (as a run's record).
    """
    what = f"{record['faces']:,} generated {record['class']} faces"
    parts = [
        section(
            f"Are the generated {record['class']} faces copies?",
            stamp({"data": record["data"]}),
            f"**{_verdict(record)}**",
            _distances(record),
            level=1,
        ),
        section("Samples", f"Not selected.\n\n![{SAMPLES_ALT}]({SAMPLES})" if pictures else NO_PICTURES),
        section(
            "Nearest training faces",
            "The pictures below the generated ones are of the data set, which may not be redistributed.",
            f"![{NEAREST_ALT}]({NEAREST})",
        )
        if pictures
        else "",
        section("Training", _summary(record), _training(record)),
        section("Use", f"`--generated` takes `generated.npz`: {what}, for training only."),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(record):
    data = record["data"]
    rows = [
        ("command", f"`{record['command']}`"),
        (
            "trained on",
            f"{data['rows']:,} {record['class']} images of Training, {data['source']} (split {data['split']})",
        ),
        ("fingerprint of these images", f"`{data['fingerprint'][:16]}`"),
        ("faces", f"{record['faces']:,}, seed {record['seed']}, sha256 `{record['sha256'][:16]}`"),
        ("parameters", f"generator {record['parameters'][0]:,}, discriminator {record['parameters'][1]:,}"),
        ("training", f"{record['epochs']:,} epochs, {minutes(record['minutes'])}"),
    ]
    return table(("", ""), rows)


def _verdict(record):
    found = record["memory"]
    copies = (
        f"{found['copies']:,} of {record['faces']:,} are near copies of a training face by the measure of the audit."
    )
    if found["real"] is None:
        return f"There are no held-back faces of this class to compare with. {copies}"
    nearer = f"{number('share', found['nearer'])} of the generated faces lie nearer to a training face"
    limit = f"the {found['percentile']}st percentile ({found['threshold']:.3f}) of held-back real faces"
    return f"{nearer} than {limit} does. {copies}"


def _distances(record):
    found = record["memory"]
    rows = [("generated", *_cells(found["made"]))]
    if found["real"]:
        rows.append((f"real, {record['held_name']} without {record['held_copies']} copies", *_cells(found["real"])))
    explained = (
        "Distance to the nearest training face of the class, mirrored ones included: root mean square difference of "
        "pixels at mean 0 and standard deviation 1 (0: the same, 1.41: nothing in common). Smooth pictures lie nearer "
        "to everything, so a smaller median alone is no copying; and with few real faces the percentile rests on the "
        "nearest one or two."
    )
    return table(("faces", "n", "median", "minimum"), rows) + "\n\n" + explained


def _cells(summary):
    return f"{summary['faces']:,}", f"{summary['median']:.3f}", f"{summary['minimum']:.3f}"


def _training(record):
    last = record["history"][-1]
    facts = [f"{name.replace('_', ' ')}: {value}" for name, value in record["settings"].items()]
    facts.append(f"losses of the last epoch: discriminator {last['discriminator']}, generator {last['generator']}")
    facts.append(", ".join(f"{name} {version}" for name, version in record["versions"].items()))
    facts.append(f"commit {record['commit'][:10]}{', with uncommitted changes' if record['dirty'] else ''}")
    return bullets(facts)
