"""FER2013 as a `tensorflow-datasets` data set called fer2013, prepared from the CSV file that its user has downloaded.

    builder = Fer2013(data_dir="~/tensorflow_datasets")
    builder.download_and_prepare()      # wants fer2013.csv or icml_face_data.csv in <data_dir>/downloads/manual
    builder.as_dataset(split="private")

Importing this module loads tensorflow-datasets; preparing and reading load TensorFlow.
"""

from pathlib import Path

import numpy as np
import tensorflow_datasets as tfds

from fer_keras.config.labels import FER2013_CLASSES, PRIVATE, PUBLIC, TRAIN
from fer_keras.data.faces import Faces
from fer_keras.data.readers import csv_files, csv_source
from fer_keras.io.errors import expected
from fer_keras.io.paths import reason

SPLITS = (TRAIN, PUBLIC, PRIVATE)
COLUMNS = ("image", "label", "row")
ROWS_AT_ONCE = 1024


class Fer2013(tfds.core.GeneratorBasedBuilder):
    """35,887 faces, 48x48 grey, seven expressions (Goodfellow et al. 2013, arXiv:1307.0414).

    Splits: train, public, private.
    Features: image uint8 (48, 48, 1); label 0..6 in FER2013's order; row int64, the row of the CSV file.
    """

    # tensorflow-datasets 4.9.10 finds this out with importlib_resources, which it forgets to install
    # (github.com/tensorflow/datasets/issues/11212).
    code_path = Path(__file__)

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put fer2013.csv or icml_face_data.csv (Kaggle, Challenges in Representation Learning: Facial Expression "
        "Recognition Challenge) into manual_dir."
    )

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(48, 48, 1), dtype=np.uint8, encoding_format="png"),
                    "label": tfds.features.ClassLabel(names=list(FER2013_CLASSES)),
                    "row": tfds.features.Scalar(np.int64),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://arxiv.org/abs/1307.0414",
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager):
        faces = csv_source.read(_csv_file(Path(dl_manager.manual_dir)))
        return {split: self._generate_examples(faces.where(split)) for split in dict.fromkeys(faces.split.tolist())}

    def _generate_examples(self, faces: Faces):
        for image, label, row in zip(faces.images, faces.labels.tolist(), faces.rows.tolist(), strict=True):
            yield row, {"image": image, "label": label, "row": row}


def read(data_dir: Path, manual_dir: Path | None = None) -> Faces:
    """Return the faces of the data set in `data_dir`, preparing it there first if it is not.

    Args:
        data_dir: tensorflow-datasets' folder; the prepared data lie in its fer2013/1.0.0.
        manual_dir: where the CSV file is; None for <data_dir>/downloads/manual.

    Raises UserError when there is no CSV file, or it is none of FER2013.
    """
    data_dir = Path(data_dir)
    builder = Fer2013(data_dir=data_dir)
    prepared = Path(builder.data_dir)
    if not prepared.exists():
        manual = Path(manual_dir) if manual_dir else data_dir / "downloads" / "manual"
        _csv_file(manual)
        builder.download_and_prepare(download_config=tfds.download.DownloadConfig(manual_dir=manual))
    return read_prepared(prepared)


def read_prepared(version_dir: Path) -> Faces:
    """Return the faces of a prepared version folder (<data_dir>/fer2013/1.0.0), by row, equal to those of its CSV file.

    Raises UserError when the folder is damaged or holds another data set.
    """
    try:
        builder = tfds.builder_from_directory(version_dir)
        parts = {split: _read_split(builder, split) for split in SPLITS if split in builder.info.splits}
    except Exception as error:  # Damaged files raise protobuf's, TensorFlow's and tensorflow-datasets' own errors.
        raise expected(f"a prepared fer2013 of tensorflow-datasets at {version_dir}", reason(error)) from error
    if not parts:
        raise expected(f"splits train, public, private in {version_dir}", sorted(builder.info.splits))
    order = np.argsort(np.concatenate([part["row"] for part in parts.values()]), kind="stable")
    joined = {name: np.concatenate([part[name] for part in parts.values()])[order] for name in COLUMNS}
    return Faces(
        images=joined["image"],
        labels=joined["label"].astype(np.int64),
        split=np.repeat(list(parts), [len(part["row"]) for part in parts.values()])[order],
        rows=joined["row"],
        class_names=FER2013_CLASSES,
        source=f"tensorflow-datasets {builder.info.full_name}",
    )


def _read_split(builder: tfds.core.DatasetBuilder, split: str) -> dict[str, np.ndarray]:
    batches = list(tfds.as_numpy(builder.as_dataset(split=split, batch_size=ROWS_AT_ONCE)))
    return {name: np.concatenate([batch[name] for batch in batches]) for name in COLUMNS}


def _csv_file(folder: Path) -> Path:
    path = csv_files.named(folder) or csv_files.unnamed(folder)
    if path is None:
        raise expected(f"fer2013.csv or icml_face_data.csv in {folder}", "neither")
    return path
