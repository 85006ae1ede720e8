"""Class names, their order and their synonyms; the names of the splits."""

from fer_keras.io.errors import expected

FER2013_CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
"""FER2013's label order: label 0 is angry, label 6 neutral."""

FERPLUS_CLASSES = ("neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", "contempt")
"""The eight expressions of FER+ in the column order of fer2013new.csv (unknown and NF follow there)."""

AFFECTNET_CLASSES = ("neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "contempt")
"""AffectNet's label order: label 0 is neutral, label 7 contempt."""

RAFDB_CLASSES = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")
"""RAF-DB's label order; its lists count from 1: 1 is surprise, 7 neutral."""

TRAIN, PUBLIC, PRIVATE, TEST = "train", "public", "private", "test"
"""Split names: Training, PublicTest, PrivateTest, and a test set that merges the last two."""

USAGE = {"Training": TRAIN, "PublicTest": PUBLIC, "PrivateTest": PRIVATE}
"""The words of FER2013's Usage column."""

SYNONYMS = {
    "anger": "angry",
    "disgusted": "disgust",
    "afraid": "fear",
    "fearful": "fear",
    "scared": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprised": "surprise",
    "neutrality": "neutral",
    "contemptuous": "contempt",
    "angery": "angry",
    "disguist": "disgust",
    "digust": "disgust",
    "feared": "fear",
    "hapiness": "happy",
    "happines": "happy",
    "sadnes": "sad",
    "suprise": "surprise",
    "suprised": "surprise",
    "surprize": "surprise",
    "nuetral": "neutral",
    "netural": "neutral",
}
"""Other spellings, and misspellings, that copies of the data sets use for their class folders."""


def canonical(name: str) -> str:
    """Return the class name that this project uses for `name` (case and synonyms folded).

    Raises UserError for a name that is neither a class nor a synonym of one.
    """
    folded = name.strip().lower()
    folded = SYNONYMS.get(folded, folded)
    if folded not in FER2013_CLASSES and folded != "contempt":
        known = ", ".join((*FER2013_CLASSES, "contempt"))
        raise expected(f"a class name ({known}, or a usual synonym)", repr(name))
    return folded
