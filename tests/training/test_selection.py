from fer_keras.config.settings import Constant, Plateau
from fer_keras.training.selection import Selection


def found(accuracy, loss=1.0):
    return {"accuracy": accuracy, "balanced_accuracy": accuracy / 2, "log_loss": loss}


def test_the_best_epoch_is_kept_and_ties_keep_the_earlier():
    selection = Selection("accuracy")
    assert [selection.consider("a", e, found(v)) for e, v in enumerate([0.3, 0.5, 0.5, 0.4])] == [
        True,
        True,
        False,
        False,
    ]
    assert selection.best == {"phase": "a", "epoch": 1, "monitor": "accuracy", "value": 0.5}
    assert selection.waited == 2


def test_a_smaller_loss_is_better():
    selection = Selection("loss")
    assert [selection.consider("a", e, found(0.1, v)) for e, v in enumerate([2.0, 3.0, 1.0])] == [True, False, True]


def test_keep_last_keeps_every_epoch():
    selection = Selection("accuracy", keep="last")
    assert [selection.consider("a", e, found(v)) for e, v in enumerate([0.5, 0.3])] == [True, True]
    assert selection.best["epoch"] == 1


def test_the_rate_drops_after_patience_evaluations_without_progress():
    selection, schedule = Selection("accuracy"), Plateau(factor=0.5, patience=2)
    losses = [1.0, 0.9, 0.95, 0.95, 0.95, 0.8, 0.9, 0.9, 0.9]
    factors = [selection.rate_change(schedule, found(0.1, loss)) for loss in losses]
    assert factors == [1, 1, 1, 1, 0.5, 1, 1, 1, 0.5]


def test_other_schedules_are_left_alone():
    assert Selection("accuracy").rate_change(Constant(), found(0.1)) == 1.0


def test_a_phase_on_other_data_starts_the_comparison_anew():
    selection = Selection("accuracy")
    selection.consider("a", 0, found(0.9))
    selection.begin_phase(comparable=True)
    assert selection.best["value"] == 0.9
    selection.begin_phase(comparable=False)
    assert selection.best is None
