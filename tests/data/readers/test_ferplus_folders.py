"""FER+ in its authors' folders: votes of label.csv or fer2013new.csv, majority labels, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from fer_keras.config.labels import FERPLUS_CLASSES
from fer_keras.data import datasets, find, official_copy
from fer_keras.data.readers import ferplus, ferplus_folders
from fer_keras.io.errors import UserError

FOLDERS = {"FER2013Train": "Training", "FER2013Valid": "PublicTest", "FER2013Test": "PrivateTest"}
EACH = 9
"""Faces of a folder: eight have the majority 0 to 7, one has none."""


def votes(label):
    return ["9" if label == candidate else "0" for candidate in range(10)] if label < 8 else ["1"] * 10


def name(number):
    return f"fer{number:07}.png"


def face(number):
    return np.full((48, 48), number, np.uint8)


def layout(root, labels=True, table=False, below="data"):
    """Write 27 faces; in fer2013new.csv a face without a name stands before each third, as those that are no face do."""
    lines = [ferplus.HEADER]
    for at, (folder, usage) in enumerate(FOLDERS.items()):
        place = root / below / folder
        place.mkdir(parents=True)
        lines.append(f"{usage},,0,0,0,0,0,0,0,0,0,10")
        listed = []
        for label in range(EACH):
            number = at * EACH + label
            Image.fromarray(face(number)).save(place / name(number))
            listed.append(f'{name(number)},"(0, 0, 48, 48)",{",".join(votes(label))}')
            lines.append(f"{usage},{name(number)},{','.join(votes(label))}")
        if labels:
            (place / "label.csv").write_text("\n".join(listed) + "\n")
    if table:
        (root / ferplus.FILE_NAME).write_text("\n".join(lines) + "\n")
    return root


@pytest.mark.parametrize("below", [".", "data", "images"])
def test_labels_are_the_majority_of_the_votes_and_faces_without_one_are_left_out(tmp_path, below):
    faces = ferplus_folders.read(layout(tmp_path, below=below))
    assert faces.class_names == FERPLUS_CLASSES and faces.labels.tolist() == [*range(8)] * 3
    assert faces.split.tolist() == ["train"] * 8 + ["public"] * 8 + ["private"] * 8
    numbers = [number for number in range(27) if number % 9 != 8]
    assert faces.rows.tolist() == [100_000 + number for number in numbers]
    assert faces.images[:, 0, 0, 0].tolist() == numbers and faces.votes is None


@pytest.mark.parametrize("labels", [True, False])
def test_with_fer2013new_a_row_is_that_of_fer2013(tmp_path, labels):
    faces = ferplus_folders.read(layout(tmp_path, labels, table=True))
    assert faces.labels.tolist() == [*range(8)] * 3
    assert faces.rows.tolist() == [*range(1, 9), *range(11, 19), *range(21, 29)]


def test_it_is_recognised_and_divided_as_ferplus(tmp_path):
    location = find.at(layout(tmp_path, table=True))
    assert location.dataset == "ferplus" == find.locate(str(tmp_path), others=True).dataset
    faces = find.load(location)
    divided = datasets.get("ferplus").divide(faces, "official", 0)
    assert [len(part) for part in (divided.train, divided.select, divided.test)] == [8, 8, 8]
    assert (divided.select_name, divided.test.name) == ("PublicTest", "PrivateTest")
    assert official_copy.check(faces, location_facts("ferplus"))[0] == "split train: 8 rows instead of 25,045"


def location_facts(name):
    return datasets.get(name).facts


def test_the_official_counts_are_those_of_the_authors_rule():
    totals = [[sum(numbers) for numbers in counts.values()] for counts in location_facts("ferplus").counts]
    assert totals == [[25045, 3191, 3137], [25057, 3199, 3152]]


def test_images_without_votes_are_not_read_and_that_is_said(tmp_path, capsys):
    root = layout(tmp_path)
    Image.fromarray(face(99)).save(root / "data" / "FER2013Train" / name(99))
    assert len(ferplus_folders.read(root)) == 24
    assert capsys.readouterr().err == f"note: 1 images in {root}/data/FER2013Train have no votes: not read\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (f'{name(3)},"(0, 0, 48, 48)",9,0,0,0,0,0,0,0,0,0', "each image once, in .*label.csv line 10"),
        (f'{name(70)},"(0, 0, 48, 48)",9,0,0,0,0,0,0,0,0', "and 10 votes"),
        (f'{name(70)},"(0, 0, 48, 48)",9,0,0,0,0,0,0,0,0,x', "and 10 votes"),
        ('../../fer0000001.png,"(0, 0, 48, 48)",9,0,0,0,0,0,0,0,0,0', "an image, its box"),
        (f'{name(70)},"(0, 0, 48, 48)",9,0,0,0,0,0,0,0,0,0', "an image at .*fer0000070.png. Received: No such file"),
    ],
)
def test_a_bad_line_of_the_labels_is_named(tmp_path, line, says):
    root = layout(tmp_path)
    with (root / "data" / "FER2013Train" / "label.csv").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(UserError, match=says) as caught:
        ferplus_folders.read(root)
    assert "\n" not in str(caught.value)


def test_folders_without_votes_say_where_they_stand(tmp_path):
    with pytest.raises(UserError, match=r"images with votes in .* Votes stand in label.csv or fer2013new.csv"):
        ferplus_folders.read(layout(tmp_path, labels=False))
