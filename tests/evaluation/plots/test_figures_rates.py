from fer_keras.evaluation.plots.figures_rates import range_test, range_test_data

RECORD = {
    "recipe": "resnet18_transfer",
    "phase": "train",
    "profile": "cpu",
    "data": {"synthetic": True},
    "rates": [1e-3, 1e-2, 1e-1],
    "losses": [2.0, 1.0, 40.0],
    "smoothed": [2.0, 1.5, 14.0],
    "suggested": {"steepest": None, "minimum_tenth": 1e-3, "at_the_end": False},
    "recipe_rate": 0.0229,
}


def test_the_marks_are_both_suggestions_and_the_recipe_s_rate():
    assert range_test_data(RECORD) == {
        "rates": [1e-3, 1e-2, 1e-1],
        "losses": [2.0, 1.0, 40.0],
        "smoothed": [2.0, 1.5, 14.0],
        "marks": (
            ("steepest descent", None),
            ("a tenth of the rate at the minimum", 1e-3),
            ("rate of the recipe", 0.0229),
        ),
    }


def test_the_axis_is_logarithmic_and_the_explosion_does_not_flatten_the_rest():
    figure = range_test(RECORD)
    (axes,), (legend,) = figure.axes, figure.legends
    assert axes.get_xscale() == "log"
    assert axes.get_ylim()[1] < 4
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels == [
        "loss of a batch",
        "smoothed",
        "a tenth of the rate at the minimum: 0.001",
        "rate of the recipe: 0.023",
    ]
    assert "drawn faces" in axes.get_title()
