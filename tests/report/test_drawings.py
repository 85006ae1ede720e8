"""What figures are drawn from."""

from fer_keras.report import drawings


def drawing(file):
    return next(one for one in drawings.DRAWINGS if one.file == file)


def test_the_class_distribution_shows_the_data_of_other_phases_first(toy_run):
    record, predictions = toy_run
    data = drawing("class_distribution.png").data
    assert data(record, predictions["test"]) == record["data"]["counts"]
    record["phase_data"] = {"affectnet": {"rows": 5, "counts": {"angry": 2, "contempt": 3}}, "older": {"rows": 5}}
    found = data(record, predictions["test"])
    assert list(found) == ["phase affectnet", *record["data"]["counts"]]
    assert found["phase affectnet"] == {"angry": 2, "contempt": 3}
