import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from gaoxin.evaluation.imputation.em import impute_em
from gaoxin.evaluation.imputation.impute import Imputed, impute_mean

NAN = np.nan


def test_with_one_incomplete_column_the_maximum_likelihood_fill_is_the_regression_on_complete_units():
    # Closed form: R. J. A. Little, D. B. Rubin, factored likelihood of a monotone pattern (ch. 7).
    rng = np.random.default_rng(1)
    x = rng.normal(size=(40, 3)) @ rng.normal(size=(3, 3)) + [10.0, -5.0, 100.0]
    x[25:, 2] = NAN
    complete = np.column_stack([np.ones(25), x[:25, :2]])
    coefficients, *_ = np.linalg.lstsq(complete, x[:25, 2], rcond=None)
    fit = impute_em(x, ridge=0.0, tolerance=1e-12)
    assert fit.converged
    assert_allclose(fit.x[25:, 2], np.column_stack([np.ones(15), x[25:, :2]]) @ coefficients, rtol=1e-7)


def log_posterior(x, mu, sigma, ridge):
    """Observed-data log-likelihood plus the log prior, up to a constant; x standardised."""
    total = -ridge / 2.0 * (np.trace(np.linalg.inv(sigma)) + np.linalg.slogdet(sigma)[1])
    for row in x:
        seen = ~np.isnan(row)
        if seen.any():
            part, about = sigma[np.ix_(seen, seen)], row[seen] - mu[seen]
            total -= (np.linalg.slogdet(part)[1] + about @ np.linalg.solve(part, about)) / 2.0
    return total


def test_the_fit_is_a_maximum_of_the_posterior():
    # Independent of the algorithm: at the fill's own μ and Σ no small change of either raises the objective.
    rng = np.random.default_rng(5)
    x = rng.normal(size=(30, 3)) @ rng.normal(size=(3, 3))
    x[rng.random(x.shape) < 0.25] = NAN
    x = x[~np.isnan(x).all(axis=1)]
    x = (x - np.nanmean(x, axis=0)) / np.nanstd(x, axis=0, ddof=1)
    ridge = 3.0
    z = impute_em(x, ridge=ridge, tolerance=1e-13, max_iterations=3000).x
    mu = z.mean(axis=0)
    # Σ solves its own fixed point given the filled values: iterate the M-step with the conditional covariances.
    sigma = np.cov(z.T, bias=True) + 0.1 * np.eye(3)
    for _ in range(600):
        spread = np.zeros((3, 3))
        for row in np.isnan(x):
            if row.any():
                inverse = np.linalg.inv(sigma)
                spread[np.ix_(row, row)] += np.linalg.inv(inverse[np.ix_(row, row)])
        sigma = ((z - mu).T @ (z - mu) + spread + ridge * np.eye(3)) / (len(x) + ridge)
    best = log_posterior(x, mu, sigma, ridge)
    for step in (1e-3, -1e-3):
        for i in range(3):
            assert log_posterior(x, mu + step * np.eye(3)[i], sigma, ridge) < best
            for j in range(3):
                change = np.zeros((3, 3))
                change[i, j] = change[j, i] = step
                assert log_posterior(x, mu, sigma + change, ridge) < best


def test_as_many_indicators_as_units_converge_and_beat_the_mean(asem):
    complete = asem.values("01_step_Imputed")
    hidden = np.random.default_rng(5).random(complete.shape) < 0.05
    fit = impute_em(np.where(hidden, NAN, complete))
    assert fit.converged

    def error(filled):
        return np.sqrt(np.mean((((filled - complete) / complete.std(axis=0))[hidden]) ** 2))

    assert error(fit.x) < 0.85 * error(impute_mean(np.where(hidden, NAN, complete)))


def test_collinear_and_constant_columns_and_single_values_are_safe():
    x = np.array([[1.0, 2.0, 7.0, NAN], [2.0, 4.0, 7.0, NAN], [3.0, NAN, NAN, 5.0], [NAN, NAN, NAN, NAN]])
    fit = impute_em(x)
    assert fit.converged
    assert np.isfinite(fit.x).all()
    assert_array_equal(fit.x[:, 2], 7.0)
    assert_array_equal(fit.x[:, 3], 5.0)


def test_the_unit_of_measurement_does_not_matter():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(20, 3))
    x[rng.random(x.shape) < 0.2] = NAN
    scaled = impute_em(x * [1e6, 1.0, 1e-6] + [0.0, 50.0, 0.0])
    assert_allclose(scaled.x, impute_em(x).x * [1e6, 1.0, 1e-6] + [0.0, 50.0, 0.0], rtol=1e-6)


def test_complete_data_are_returned_as_they_are():
    fit = impute_em(np.array([[1.0], [2.0]]))
    assert (fit.x.tolist(), fit.iterations, fit.converged) == ([[1.0], [2.0]], 0, True)


def test_not_converged_is_said():
    rng = np.random.default_rng(2)
    x = rng.normal(size=(20, 3))
    x[rng.random(x.shape) < 0.3] = NAN
    fit = impute_em(x, max_iterations=2)
    assert (fit.iterations, fit.converged) == (2, False)
    record = Imputed(fit.x, np.isnan(x), np.isnan(fit.x), iterations=fit.iterations, converged=fit.converged)
    note = record.notes([""] * 20, ["a", "b", "c"])[-1]
    assert "not converged after 2 iterations" in note.message.en
    assert "未收敛" in note.message.zh


@pytest.mark.parametrize("ridge", [0.1, 10.0])
def test_a_stronger_prior_pulls_towards_the_mean(ridge):
    x = np.array([[-1.0, -1.0], [0.0, 0.0], [1.0, 1.0], [3.0, NAN]])
    weak, strong = impute_em(x, ridge=ridge).x[3, 1], impute_em(x, ridge=10.0 * ridge).x[3, 1]
    assert 0.0 < strong < weak < 3.0
