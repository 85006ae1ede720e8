"""Paper 004's convergence: epochs to equal accuracy, by hand, and the page."""

from fer_keras.report.result_groups import Row
from fer_keras.studies import convergence


def run(recipe, accuracies):
    history = [{"select_accuracy": accuracy} for accuracy in accuracies]
    return {"recipe": recipe, "run": f"{recipe}-paper-seed0", "seed": 0, "history": history}


def row(recipe, *records):
    return Row("resnet50_cnn", "004", recipe, recipe, (), records)


def test_epochs_are_counted_until_an_accuracy_is_first_reached():
    history = run("toy", [0.2, None, 0.4, 0.3, 0.5])["history"]
    assert [convergence.epochs_to(history, target) for target in (0.1, 0.3, 0.5, 0.6)] == [1, 3, 5, None]
    assert convergence.best(history) == 0.5


def test_epochs_to_round_accuracies_and_to_the_lower_of_the_two_best():
    fast = run(convergence.WITH, [0.3, 0.42, 0.5, 0.55])
    slow = run(convergence.WITHOUT, [0.2, 0.3, 0.35, 0.41, 0.4])
    text = convergence.page([row(convergence.WITH, fast), row(convergence.WITHOUT, slow)])
    # 41 % is reached after 2 epochs and after 4: 4 / 2 - 1 = 100 % faster, 1 - 2 / 4 = 50 % saved.
    assert "| 30.00 % | 1 | 2 | 100% | 50% |" in text and "| 35.00 % | 2 | 3 | 50% | 33% |" in text
    assert "| 40.00 % | 2 | 4 | 100% | 50% |" in text and "| 41.00 % | 2 | 4 | 100% | 50% |" in text
    assert "**With it the network converges 50 to 100 % faster, by the accuracy to reach (one seed).**" in text
    assert "last epoch" not in text


def test_a_network_that_was_still_improving_is_said():
    fast, slow = run(convergence.WITH, [0.2, 0.28]), run(convergence.WITHOUT, [0.2, 0.25])
    text = convergence.page([row(convergence.WITH, fast), row(convergence.WITHOUT, slow)])
    assert "| 25.00 % | 2 | 2 | 0% | 0% |" in text and "30.00 %" not in text
    assert "Without it the network was best in its last epoch (seed 0)" in text


def test_without_a_pair_there_is_no_table():
    assert "Not known yet: no pair of runs." in convergence.page([])
    assert "Not known yet: no pair of runs." in convergence.page([row(convergence.WITH, run(convergence.WITH, [0.3]))])
