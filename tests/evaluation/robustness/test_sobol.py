import numpy as np
import pytest

from gaoxin.evaluation.errors import EvaluationError
from gaoxin.evaluation.robustness.sobol import bootstrap, sampling_matrices, sobol_indices, sobol_points


def ishigami(u):
    """Sin z₁ + 7 sin² z₂ + 0.1 z₃⁴ sin z₁ on z = −π + 2πu (Ishigami and Homma 1990)."""
    z = -np.pi + 2.0 * np.pi * u
    return np.sin(z[:, 0]) + 7.0 * np.sin(z[:, 1]) ** 2 + 0.1 * z[:, 2] ** 4 * np.sin(z[:, 0])


V1, V2, V13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 0.1**2 * np.pi**8 * 8 / 225
EXACT_FIRST = np.array([V1, V2, 0.0]) / (V1 + V2 + V13)
EXACT_TOTAL = np.array([V1 + V13, V2, V13]) / (V1 + V2 + V13)
SINGLE = [slice(0, 1), slice(1, 2), slice(2, 3)]


def outputs(model, points, columns=SINGLE):
    y = model(sampling_matrices(points, columns)).reshape(len(columns) + 2, -1)
    return y[0], y[1], y[2:]


def reference(asem):
    sample = asem.table("08_ishigami_sample").numbers(["X1", "X2", "X3", "y"])
    y = sample[:, 3].reshape(5, 1000)
    return sample, (y[0], y[1], y[2:])


def test_the_reference_sample_is_laid_out_like_ours(asem):
    sample, _ = reference(asem)
    points = np.concatenate([sample[:1000, :3], sample[1000:2000, :3]], axis=1)
    np.testing.assert_array_equal(sampling_matrices(points, SINGLE), sample[:, :3])
    np.testing.assert_allclose(ishigami(sample[:, :3]), sample[:, 3], atol=1e-13)


def test_the_uncentred_estimator_is_the_one_of_the_reference(asem):
    _, (a, b, ab) = reference(asem)
    indices = sobol_indices(a, b, ab, centred=False)
    expected = asem.table("08_ishigami_indices")
    np.testing.assert_allclose(indices.first, expected.numbers(["Si"])[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(indices.total, expected.numbers(["STi"])[:, 0], rtol=0, atol=1e-12)


def test_centring_brings_the_reference_sample_closer_to_the_exact_values(asem):
    _, (a, b, ab) = reference(asem)
    centred, uncentred = sobol_indices(a, b, ab).first, sobol_indices(a, b, ab, centred=False).first
    np.testing.assert_allclose(centred, [0.374, 0.416, -0.019], atol=6e-4)
    assert np.abs(centred - EXACT_FIRST)[1:].max() < np.abs(uncentred - EXACT_FIRST)[1:].max()


def test_ishigami_by_sobol_points():
    indices = sobol_indices(*outputs(ishigami, sobol_points(2**13, 6, seed=3)))
    np.testing.assert_allclose(indices.first, EXACT_FIRST, atol=0.006)
    np.testing.assert_allclose(indices.total, EXACT_TOTAL, atol=0.006)


def test_a_constant_added_to_the_output_changes_nothing():
    a, b, ab = outputs(ishigami, np.random.default_rng(5).random((400, 6)))
    plain, shifted = sobol_indices(a, b, ab), sobol_indices(a + 1e6, b + 1e6, ab + 1e6)
    np.testing.assert_allclose(shifted.first, plain.first, atol=1e-7)
    np.testing.assert_allclose(shifted.total, plain.total, atol=1e-7)


def test_a_group_of_columns_is_one_factor():
    """F = x₁ + x₂ + x₃: the group {x₁, x₂} holds 2/3 of the variance."""
    indices = sobol_indices(
        *outputs(lambda x: x.sum(axis=1), sobol_points(2**12, 6, seed=1), [slice(0, 2), slice(2, 3)])
    )
    np.testing.assert_allclose(indices.first, [2 / 3, 1 / 3], atol=0.01)
    np.testing.assert_allclose(indices.total, [2 / 3, 1 / 3], atol=0.01)


def test_intervals_cover_the_exact_values_about_as_often_as_they_say():
    inside = []
    for seed in range(60):
        a, b, ab = outputs(ishigami, np.random.default_rng(seed).random((300, 6)))
        low, high = bootstrap(a, b, ab, resamples=300, seed=seed, level=0.9)
        inside.append((low.first <= EXACT_FIRST) & (high.first >= EXACT_FIRST))
        inside.append((low.total <= EXACT_TOTAL) & (high.total >= EXACT_TOTAL))
    assert 0.84 < np.mean(inside) < 0.96


def test_the_bootstrap_is_what_resampling_rows_would_give():
    a, b, ab = outputs(ishigami, np.random.default_rng(8).random((50, 6)))
    low, high = bootstrap(a, b, ab, resamples=400, seed=11)
    plain = []
    for rows in np.random.default_rng(11).integers(50, size=(400, 50)):
        plain.append(sobol_indices(a[rows], b[rows], ab[:, rows]).first)
    np.testing.assert_allclose([low.first, high.first], np.quantile(plain, [0.025, 0.975], axis=0), rtol=1e-9)


def test_no_variance_no_index():
    assert np.isnan(sobol_indices(np.full(8, 2.5), np.full(8, 2.5), np.full((2, 8), 2.5)).first).all()


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(EvaluationError, match=r"\(d, n\)"):
        sobol_indices(np.zeros(4), np.zeros(4), np.zeros((4, 2)))
    with pytest.raises(EvaluationError, match="bootstrap"):
        bootstrap(np.arange(4), np.arange(4), np.ones((1, 4)), resamples=0)
    with pytest.raises(EvaluationError, match="random sampling"):
        sobol_points(2, 30_000, seed=0)
