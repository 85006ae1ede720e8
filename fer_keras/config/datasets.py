"""The closed list of data sets, and what each is. How it is found and read stands in fer_keras/data/datasets/NAME.py.

Adding one means one entry in DATASETS and that one file. Plain facts: importing this loads no NumPy.
"""

import dataclasses
from collections.abc import Mapping

from fer_keras.config.labels import (
    AFFECTNET_CLASSES,
    FER2013_CLASSES,
    FERPLUS_CLASSES,
    PRIVATE,
    PUBLIC,
    RAFDB_CLASSES,
    TEST,
    TRAIN,
)

SPLITS = {
    "official": "train on Training, select on PublicTest, test on PrivateTest",
    "merged": "train on 90 % of Training, select on the other 10 %, test on PublicTest and PrivateTest together (7,178)",
    "carved": "train on 80 % of Training, select on the other 20 % (both stratified), test on PrivateTest",
    "pooled": "all images pooled, stratified 80/20; train on 90 % of the 80, select on the rest, test on the 20 %",
    "grouped": "as pooled, but all copies of an image, exact or near, are on one side",
    "leaky-duplicates": "the same as pooled: images are divided at random, so copies of test images are trained on",
    "leaky-oversample": "images are repeated until the classes are equal, then divided as in leaky-duplicates",
}
"""Ways to divide a data set; each names what is trained on, what selects, what tests.

They are told for FER2013. Another set has its own validation and test images in the place of PublicTest and PrivateTest;
where it has no validation images, 10 % of its training images select.
"""

WITHOUT_MERGED = tuple(split for split in SPLITS if split != "merged")

Counts = Mapping[str, tuple[int, ...]]
"""{split: images of each class, in the set's order}."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a data set is.

    Attributes:
        name: what `Data.dataset` and `--dataset` call it; also of its flag, its environment variable and its module.
        title: what pages and messages call it.
        class_names: in the order of its labels.
        channels: 1 (grey) or 3 (RGB).
        divisions: the keys of SPLITS that it can be divided by; the first is meant where none is asked for.
        names: {split: what a page calls it}.
        counts: what an official copy may have; () where none is published, and no copy counts as official.
        images_of: the data set whose images these are, under other labels; "" where it has its own.
        has_votes: whether several people's votes come with it, so that labels can be softened.
        drawn: whether it is made by this program, so that there is nothing to find.
    """

    name: str
    title: str
    class_names: tuple[str, ...]
    channels: int = 1
    divisions: tuple[str, ...] = tuple(SPLITS)
    names: Mapping[str, str] = dataclasses.field(default_factory=dict)
    counts: tuple[Counts, ...] = ()
    images_of: str = ""
    has_votes: bool = False
    drawn: bool = False

    @property
    def images(self) -> str:
        """Return the name of the data set whose images these are, its own mostly."""
        return self.images_of or self.name

    @property
    def tested(self) -> str:
        """Return what a page calls its official test images."""
        return self.names.get(PRIVATE) or self.names[TEST]

    @property
    def flag(self) -> str:
        """Return the flag that says where it lies, where a recipe has a phase on it besides its own data."""
        return f"--{self.name}"

    @property
    def variable(self) -> str:
        """Return the environment variable that says where it lies."""
        return self.name.upper()


MERGED = "merged test"
FER2013_NAMES = {PUBLIC: "PublicTest", PRIVATE: "PrivateTest", TEST: MERGED}
_PUBLIC_COUNTS = (467, 56, 496, 895, 653, 415, 607)
_PRIVATE_COUNTS = (491, 55, 528, 879, 594, 416, 626)
_MERGED_COUNTS = tuple(public + private for public, private in zip(_PUBLIC_COUNTS, _PRIVATE_COUNTS, strict=True))

FER2013 = Facts(
    name="fer2013",
    title="FER2013",
    class_names=FER2013_CLASSES,
    names=FER2013_NAMES,
    counts=(
        {TRAIN: (3995, 436, 4097, 7215, 4830, 3171, 4965), PUBLIC: _PUBLIC_COUNTS, PRIVATE: _PRIVATE_COUNTS},
        {TRAIN: (3995, 436, 4097, 7215, 4830, 3171, 4965), TEST: _MERGED_COUNTS},
    ),
    has_votes=True,
)
"""28,709 Training, 3,589 PublicTest and 3,589 PrivateTest faces; the image-folder re-issue merges the last two."""

FERPLUS = Facts(
    name="ferplus",
    title="FER+",
    class_names=FERPLUS_CLASSES,
    names=FER2013_NAMES,
    counts=(
        {
            TRAIN: (8733, 7284, 3136, 3022, 2098, 116, 536, 120),
            PUBLIC: (1180, 862, 411, 348, 289, 25, 60, 16),
            PRIVATE: (1083, 892, 394, 382, 269, 16, 86, 15),
        },
        {
            TRAIN: (8739, 7287, 3149, 3013, 2099, 119, 532, 119),
            PUBLIC: (1182, 865, 415, 351, 287, 24, 62, 13),
            PRIVATE: (1089, 893, 396, 384, 273, 18, 83, 16),
        },
    ),
    images_of="fer2013",
)
"""FER2013's faces with the majority label of FER+ in eight classes; those without a majority are left out.

Counts of its folders, by the votes of label.csv in them, and by fer2013new.csv (four of its image names stand there twice).
"""

AFFECTNET = Facts(
    name="affectnet",
    title="AffectNet",
    class_names=AFFECTNET_CLASSES,
    channels=3,
    divisions=("official",),
    names={PUBLIC: "AffectNet's validation", TEST: "AffectNet's test"},
)
"""Re-issues differ in their images, so that no copy has official counts."""

RAFDB = Facts(
    name="rafdb",
    title="RAF-DB",
    class_names=RAFDB_CLASSES,
    channels=3,
    divisions=WITHOUT_MERGED,
    names={TEST: "RAF-DB's test"},
    counts=({TRAIN: (1290, 281, 717, 4772, 1982, 705, 2524), TEST: (329, 74, 160, 1185, 478, 162, 680)},),
)
"""Single-label ("basic") part: 12,271 training and 3,068 test images (Li, Deng and Du 2017), none for validation."""

DRAWN = Facts(name="drawn", title="drawn faces", class_names=FER2013_CLASSES, names=FER2013_NAMES, drawn=True)

DATASETS = {facts.name: facts for facts in (FER2013, FERPLUS, AFFECTNET, RAFDB, DRAWN)}
"""{name: facts}, in the order in which a path is held against them."""

CLASS_NAMES = tuple(dict.fromkeys(name for facts in DATASETS.values() for name in facts.class_names))
"""Every class that some data set has."""
