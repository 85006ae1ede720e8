"""What papers 000, 001 and 003 say of where attention looks, and what our maps say to it."""

import numpy as np

from fer_keras.report.markdown import table
from fer_keras.studies.where_it_looks import regions
from fer_keras.studies.where_it_looks.record import MORE, Measured

CLAIMS = (
    (
        "000, §V-B",
        "Channel and spatial attention pay attention to areas of emotion-relevant features (eyes, mouth)",
        ("attention_cbam",),
    ),
    (
        "001, §II-C",
        "guiding the network to prioritize salient facial regions—like the eyes, mouth, and eyebrows",
        ("attention_spatial", "attention_cbam", "attention_cnn"),
    ),
    (
        "001, §V",
        "guiding focus toward emotion-relevant regions of the face, such as the eyes and mouth, while filtering out"
        " less informative background features",
        ("attention_spatial", "attention_cbam", "attention_cnn"),
    ),
    (
        "003, §2.1",
        'Generates a spatial mask to highlight critical regions (e.g., eyes for "fear")',
        ("attention_spatial", "attention_all"),
    ),
)
"""(place in the paper, its words, the recipes whose spatial attention stands for the paper's)."""

OF_A_CLASS = (
    ("003, §2.1", "eyes for fear (spatial mask)", "eyes", "fear", False),
    ("003, §2.1", "mouth edges for happy (channels, which have no place: Grad-CAM)", "mouth", "happy", True),
)
"""(place, claim, region, class, whether Grad-CAM answers it)."""


def quotes(maps: list[Measured]) -> str:
    """Return a table: each quotation, the networks whose spatial attention stands for it, and how many bear it out."""
    rows = []
    for source, words, recipes in CLAIMS:
        standing = [m for m in maps if m.map["kind"] == "spatial_attention" and m.network["recipe"] in recipes]
        borne_out = sum(m.verdict == MORE for m in standing)
        rows.append(
            (
                source,
                f'"{words}"',
                ", ".join(f"`{m.label}`" for m in standing) or None,
                f"{borne_out} of {len(standing)}",
            )
        )
    return table(("where", "claim", "spatial attention that stands for it", "more than chance"), rows)


def densities(maps: list[Measured]) -> str:
    """Return a table: each attention map's mass on each region in multiples of the region's area."""
    rows = [
        (f"`{m.label}`", m.kind, *(f"{m.density(region):.2f}" for region in regions.REGIONS))
        for m in maps
        if not m.is_grad_cam
    ]
    return table(("network", "map", *regions.REGIONS), rows)


def of_classes(maps: list[Measured]) -> str:
    """Return a table: the mass on a region for images of the class that a claim names, and for all others."""
    rows = []
    for source, claim, region, name, by_grad_cam in OF_A_CLASS:
        for measured in maps:
            if measured.is_grad_cam == by_grad_cam and name in measured.class_names:
                here, others, half = against_others(measured, region, name)
                difference = f"{100 * (here - others):+.2f} ± {100 * half:.2f}"
                which = f"`{measured.label}`, {measured.kind}"
                rows.append((source, claim, which, f"{100 * here:.2f} %", f"{100 * others:.2f} %", difference))
    return table(("where", "claim", "map", "images of the class", "all others", "difference, points"), rows)


def against_others(measured: Measured, region: str, name: str) -> tuple[float, float, float]:
    """Return the mean mass on `region` for the class `name` and for all other images, and half of the difference's
    95 % interval.
    """
    place, column = measured.class_names.index(name), list(regions.REGIONS).index(region)
    counts = np.array(measured.network["counts"], float)
    mass = np.array(measured.trained["per_class"])[:, column]
    half = np.array(measured.trained["per_class_half"])[:, column]
    other = np.arange(len(counts)) != place
    share = counts[other] / counts[other].sum()
    others = float((share * mass[other]).sum())
    return float(mass[place]), others, float(np.sqrt(half[place] ** 2 + ((share * half[other]) ** 2).sum()))
