import numpy as np

from fer_keras.augment.keyed import derive, hashes, shuffled, splitmix64, uniforms

ROWS = np.arange(20_000)


def test_splitmix64_gives_its_published_numbers():
    """The first outputs from state 1234567 (Rosetta Code's check) and from state 0 (Vigna's splitmix64.c)."""
    assert [int(splitmix64(1234567, n)) for n in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [int(splitmix64(0, n)) for n in range(3)] == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_numbers_lie_in_the_unit_interval_with_its_moments():
    u = uniforms(3, 0, ROWS, 0, 8)

    assert u.shape == (20_000, 8)
    assert u.dtype == np.float64
    assert u.min() >= 0
    assert u.max() < 1
    assert np.abs(u.mean(axis=0) - 1 / 2).max() < 0.01
    assert np.abs(u.var(axis=0) - 1 / 12).max() < 0.003


def test_every_column_passes_a_chi_square_test_of_uniformity():
    u = uniforms(4, 2, ROWS, 1, 8)
    counts = np.stack([np.bincount((u[:, k] * 50).astype(int), minlength=50) for k in range(8)])
    statistic = ((counts - 400) ** 2 / 400).sum(axis=1)

    assert statistic.max() < 49 + 5 * np.sqrt(2 * 49)


def test_neighbouring_rows_epochs_copies_columns_and_seeds_are_uncorrelated():
    u = uniforms(3, 0, ROWS, 0, 4)
    neighbours = {
        "row": u[1:, 0],
        "epoch": uniforms(3, 1, ROWS[:-1], 0, 1)[:, 0],
        "copy": uniforms(3, 0, ROWS[:-1], 1, 1)[:, 0],
        "column": u[:-1, 1],
        "seed": uniforms(4, 0, ROWS[:-1], 0, 1)[:, 0],
    }
    correlations = {name: np.corrcoef(u[:-1, 0], other)[0, 1] for name, other in neighbours.items()}

    assert max(abs(value) for value in correlations.values()) < 5 / np.sqrt(20_000), correlations


def test_no_two_keys_of_a_large_set_share_a_hash():
    found = [hashes(seed, epoch, ROWS, copy) for seed in (0, 1) for epoch in range(5) for copy in range(3)]

    assert len(np.unique(np.concatenate(found))) == 30 * 20_000


def test_a_row_does_not_depend_on_its_company():
    together = uniforms(9, 4, ROWS[:100], np.zeros(100, int), 6)

    assert np.array_equal(uniforms(9, 4, np.array([71, 3]), 0, 6), together[[71, 3]])
    assert np.array_equal(uniforms(9, 4, ROWS[:100], 0, 2), together[:, :2])


def test_numbers_are_those_of_every_version_so_far():
    """A change here changes every recorded run."""
    assert uniforms(0, 0, np.array([0, 28708]), np.array([0, 2]), 2).tolist() == [
        [0.47141042966848024, 0.7247520786262142],
        [0.7593897984423186, 0.3476600743115512],
    ]
    assert derive(0, "augment") == 1223113577673144834


def test_purposes_are_streams_of_their_own():
    assert len({derive(seed, purpose) for seed in (0, 1) for purpose in ("order", "augment", "mixup", "")}) == 8
    assert derive(-1, "order") == derive(2**64 - 1, "order")


def test_shuffled_is_a_permutation_that_seed_and_epoch_decide():
    order = shuffled(5, 3, ROWS)

    assert np.array_equal(np.sort(order), ROWS)
    assert np.array_equal(order, shuffled(5, 3, ROWS))
    assert abs(np.corrcoef(order, ROWS)[0, 1]) < 0.03
    assert np.mean(order == shuffled(5, 4, ROWS)) < 0.001
    assert np.mean(order == shuffled(6, 3, ROWS)) < 0.001
