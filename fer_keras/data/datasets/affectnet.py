"""AffectNet: colour photographs of faces from the web in eight classes (Mollahosseini et al. 2019, arXiv:1708.03985)."""

import sys
from pathlib import Path

from fer_keras.config.datasets import AFFECTNET, Facts
from fer_keras.config.labels import PUBLIC, TEST, TRAIN
from fer_keras.data.datasets.dataset import Dataset, Location
from fer_keras.data.faces import Faces
from fer_keras.data.readers import affectnet
from fer_keras.data.splits import Sealed, Splits, stratified


def recognise(path: Path) -> Location | None:
    """Return `path` when it is a folder in one of AffectNet's layouts."""
    if not affectnet.is_one(path):
        return None
    return Location(AFFECTNET.name, path, affectnet.read, f"AffectNet {path.name}")


def divided(faces: Faces, split: str, seed: int, facts: Facts, tested: bool) -> Splits:
    """Return its own division: train/ to fit, val/ to select, test/ sealed.

    The official release has no test images. Where they are needed, its validation images test, as in everybody's
    papers, and 10 % of the training images select, so that nothing is chosen on what is tested.
    """
    train, select = faces.where(TRAIN), faces.where(PUBLIC)
    if TEST in faces.split:
        return Splits(train, select, facts.names[PUBLIC], Sealed(facts.names[TEST], faces.where(TEST)))
    if not tested:
        return Splits(train, select, facts.names[PUBLIC], Sealed(facts.names[TEST], faces.take(slice(0))))
    print(
        f"note: {faces.source} has no test images: its validation images test, 10 % of training select", file=sys.stderr
    )
    train, chosen = stratified(train, 0.1, seed)
    return Splits(train, chosen, "10 % of AffectNet's training", Sealed(facts.names[PUBLIC], select))


DATASET = Dataset(
    AFFECTNET,
    layouts=affectnet.LAYOUTS,
    where_to_get=(
        "Give --affectnet PATH or set $AFFECTNET (kaggle.com/datasets/dollyprajapati182/balanced-affectnet, or the "
        "release of its authors), or use FER+ in its place: python -m experiments.resnet34_cbam --only "
        "resnet34_cbam_ferplus."
    ),
    recognise=recognise,
    unmistakable=affectnet.has_eight_classes,
    division=divided,
)
