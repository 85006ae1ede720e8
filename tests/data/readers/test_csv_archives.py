"""Archives in place of FER2013's CSV file: those that are read in place are in test_csv_source, here those refused."""

import gzip
import io
import tarfile
import zipfile

import pytest

from fer_keras.data.readers import archives, csv_source
from fer_keras.io.errors import UserError
from tests.data.readers.csv_lines import line, write


def packed(kind, path):
    content, file = f"emotion,pixels,Usage\n{line(0)}\n".encode(), io.BytesIO()
    if kind.startswith("tar"):
        with tarfile.open(fileobj=file, mode="w:gz" if kind == "tar in gzip" else "w") as archive:
            archive.addfile(tarfile.TarInfo("fer2013.csv"))
        return file.getvalue()
    if kind == "gzip cut short":
        return gzip.compress(content)[:-20]
    with zipfile.ZipFile(file, "w") as archive:
        for name in {"zip of two": ("a.csv", "b.csv"), "zip of none": ("a.png",)}.get(kind, ("a.csv",)):
            archive.writestr(name, content)
    if kind == "encrypted zip":
        return file.getvalue().replace(b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1")
    return file.getvalue()[:-30] if kind == "zip cut short" else file.getvalue().replace(b"0,217", b"1,217")


REFUSED_ARCHIVES = {
    "tar": r"a CSV file at .* Received: a tar archive. Unpack it first \(tar xf fer2013.bin\)",
    "tar in gzip": r"a CSV file at .* Received: a tar archive. Unpack it first \(tar xf fer2013.bin\)",
    "gzip cut short": "an archive that is whole at .* Received: a damaged one",
    "zip cut short": "a zip archive that is whole at .* Received: a damaged one",
    "zip of two": r"one CSV file in the archive .* Received: 2 CSV files among its 2 files. .*\(unzip fer2013.bin\)",
    "zip of none": "one CSV file in the archive .* Received: 0 CSV files among its 1 files",
    "encrypted zip": "a zip archive that can be read in place at .* password",
    "zip with another checksum": "an archive that is whole at .* Received: a damaged one",
}


@pytest.mark.parametrize("kind", REFUSED_ARCHIVES)
def test_an_archive_that_is_not_read_in_place_is_refused_in_one_line(kind, tmp_path):
    path = tmp_path / "fer2013.bin"
    path.write_bytes(packed(kind, path))
    with pytest.raises(UserError, match=REFUSED_ARCHIVES[kind]) as caught:
        csv_source.read(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("start", archives.OTHERS)
def test_other_packed_files_are_named_and_not_shown(start, tmp_path):
    (tmp_path / "fer2013.csv").write_bytes(start + bytes(range(256)))
    what, program = archives.OTHERS[start]
    then = f"Unpack it first ({program} fer2013.csv)" if program else "Write it as CSV first"
    with pytest.raises(UserError) as caught:
        csv_source.read(tmp_path / "fer2013.csv")
    assert f"Received: {what}. {then} and give what comes out." in str(caught.value)


def test_a_small_file_that_unpacks_to_a_huge_one_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 10_000)
    path = tmp_path / "fer2013.csv.gz"
    path.write_bytes(gzip.compress(write(path, map(line, range(2))).read_bytes()))
    with pytest.raises(UserError, match="at most 10,000 bytes when .* is unpacked"):
        csv_source.read(path)
