"""Figures of the study, from its records alone: the regions on the mean face, mean maps, mass on each region."""

import hashlib
import json
import pathlib

import numpy as np

from fer_keras.evaluation.plots import figures_style as style
from fer_keras.explain.maps import enlarged
from fer_keras.studies.where_it_looks import record, regions

REGIONS, OWN, GRAD_CAM, MASS = "regions.png", "attention.png", "grad_cam.png", "mass.png"
ALT = {
    REGIONS: "The mean of FER2013's Training images with the boxes of brows, eyes and mouth.",
    OWN: "Mean attention maps over the mean face: trained networks above, the same networks untrained below.",
    GRAD_CAM: "Mean Grad-CAM maps over the mean face: trained networks above, the same networks untrained below.",
    MASS: "Bars: each map's mass on brows, eyes and mouth in multiples of the region's area; 1 is a uniform map.",
}


def of(reports_dir: pathlib.Path) -> dict[pathlib.Path, str]:
    """Return {figure: digest of what it is drawn from}; {} where nothing was measured."""
    records = record.read_all(reports_dir)
    if not records:
        return {}
    face, maps = record.mean_face(reports_dir), record.measured(records)
    folder = reports_dir / record.FOLDER
    parts = {REGIONS: [], OWN: [m for m in maps if not m.is_grad_cam], GRAD_CAM: [m for m in maps if m.is_grad_cam]}
    parts[MASS] = maps
    return {folder / name: _digest(name, face, part) for name, part in parts.items() if part or name == REGIONS}


def _digest(name, face, maps) -> str:
    facts = [name, face.tolist(), regions.REGIONS, [[each.network["run"], each.map] for each in maps]]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def stale(reports_dir: pathlib.Path) -> list[pathlib.Path]:
    """Return the figures that are not drawn from today's records."""
    return [path for path, digest in of(reports_dir).items() if not style.drawn_from(path, digest)]


def draw(reports_dir: pathlib.Path) -> list[pathlib.Path]:
    """Draw the stale figures; return them."""
    outdated, digests = stale(reports_dir), of(reports_dir)
    if outdated:
        face, maps = record.mean_face(reports_dir), record.measured(record.read_all(reports_dir))
        drawings = {
            REGIONS: lambda: regions_figure(face),
            OWN: lambda: maps_figure(face, [each for each in maps if not each.is_grad_cam]),
            GRAD_CAM: lambda: maps_figure(face, [each for each in maps if each.is_grad_cam]),
            MASS: lambda: mass_figure(maps),
        }
        for path in outdated:
            style.save(drawings[path.name](), path, digests[path])
    return outdated


def regions_figure(face: np.ndarray):
    """Draw the mean face float [48, 48] with the boxes."""
    figure, axes = style.canvas(3.6, 3.4)
    _face(axes, face)
    handles = _boxes(axes, linewidth=2)
    axes.legend(handles.values(), handles, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)
    axes.set(xticks=range(0, 49, 8), yticks=range(0, 49, 8))
    return figure


def maps_figure(face: np.ndarray, maps: list):
    """Draw mean maps over the mean face, those of the trained networks above those of the first initialisation."""
    figure, axes = style.canvas(1.75 * len(maps) + 0.4, 4.2, rows=2, columns=len(maps), squeeze=False)
    for column, each in zip(axes.T, maps, strict=True):
        means = [np.array(each.trained["mean_map"]), np.array(each.map["untrained"][0]["mean_map"])]
        for panel, values in zip(column, means, strict=True):
            _face(panel, face)
            large = enlarged(values, regions.SIDE)
            panel.imshow(large / large.max(), extent=_extent(), cmap="inferno", alpha=0.6, vmin=0, vmax=1)
            _boxes(panel, linewidth=0.8)
            panel.set(xticks=[], yticks=[])
        column[0].set_title(f"{each.label}\n{each.kind}", fontsize=8)
    axes[0][0].set_ylabel("trained", fontsize=9)
    axes[1][0].set_ylabel("untrained", fontsize=9)
    return figure


def mass_figure(maps: list):
    """Draw each map's mass on each region in multiples of the region's area, with the untrained networks' range."""
    figure, axes = style.canvas(7.5, 0.62 * len(maps) + 1.2)
    areas, rows = regions.areas(), np.arange(len(maps))
    for offset, (name, area), colour in zip((-0.26, 0, 0.26), areas.items(), style.colours(3), strict=True):
        axes.barh(rows + offset, [each.density(name) for each in maps], 0.24, color=colour, label=name)
        untrained = np.array([[u["mass"][name] / area for u in each.map["untrained"]] for each in maps])
        low, high = untrained.min(axis=1), untrained.max(axis=1)
        label = "untrained, least to greatest" if offset > 0 else None
        axes.hlines(rows + offset, low, high, color=style.INK, linewidth=1.6, label=label)
    axes.axvline(1, color=style.INK, linestyle="--", linewidth=1, label="uniform map")
    axes.set_yticks(rows, [f"{each.label}, {each.kind}" for each in maps])
    axes.set_ylim(len(maps) - 0.45, -0.55)
    axes.set(xlabel="mass on the region, in multiples of its area")
    axes.legend(ncols=3, loc="lower center", bbox_to_anchor=(0.4, 1.0), frameon=False, fontsize=8)
    style.tidy(axes, grid="x")
    return figure


def _face(panel, face):
    panel.imshow(face, cmap="gray", extent=_extent())


def _extent():
    return 0, regions.SIDE, regions.SIDE, 0


def _boxes(panel, linewidth: float) -> dict:
    """Draw the regions' boxes; return {region: a patch for the legend}."""
    from matplotlib.patches import Rectangle

    handles = {}
    for (name, boxes), colour in zip(regions.REGIONS.items(), style.colours(3), strict=True):
        for left, top, right, bottom in boxes:
            shape = Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=colour, lw=linewidth)
            handles[name] = panel.add_patch(shape)
    return handles
