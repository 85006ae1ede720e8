"""RAF-DB: 15,339 colour photographs of faces from the web in seven classes (Li, Deng and Du 2017, CVPR)."""

from pathlib import Path

from fer_keras.config.datasets import RAFDB
from fer_keras.data.datasets.dataset import Dataset, Location
from fer_keras.data.readers import rafdb


def recognise(path: Path) -> Location | None:
    """Return `path` when it is a folder in one of RAF-DB's layouts."""
    return Location(RAFDB.name, path, rafdb.read, f"RAF-DB {path.name}") if rafdb.is_one(path) else None


DATASET = Dataset(
    RAFDB,
    layouts=rafdb.LAYOUTS,
    where_to_get="RAF-DB is given to researchers who ask its authors: http://www.whdeng.cn/raf/model1.html.",
    recognise=recognise,
    unmistakable=rafdb.is_one,
)
