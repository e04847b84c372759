"""Makes statistics.json: what SciPy, statsmodels, scikit-learn and krippendorff say about small generated data.

Needs scipy, statsmodels, scikit-learn, krippendorff and numpy; the file says in which versions.

    python test/golden/make_statistics.py
"""

import importlib.metadata
import json
from pathlib import Path

import krippendorff
import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from sklearn.metrics import cohen_kappa_score, f1_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

random = np.random.default_rng(5)
PACKAGES = ["scipy", "statsmodels", "scikit-learn", "krippendorff", "numpy"]


def mcnemar_cases():
    pairs = [(0, 0), (1, 0), (0, 6), (5, 5), (12, 3), (3, 12), (30, 18), (250, 190), (2600, 2400), (9000, 8700)]
    return [
        {"fixed": a, "broken": b, "p": 1.0 if a + b == 0 else mcnemar([[7, a], [b, 5]], exact=True).pvalue}
        for a, b in pairs
    ]


def binomial_cases():
    cases = [(0, 10, 0.5), (3, 10, 0.3), (480, 1000, 0.5), (9800, 20000, 0.5), (12, 5000, 0.004)]
    return [{"k": k, "n": n, "p": p, "cdf": stats.binom.cdf(k, n, p)} for k, n, p in cases]


def kappa_cases():
    cases = []
    for size, n, agree in [(2, 40, 0.7), (3, 60, 0.6), (5, 120, 0.4)]:
        first = random.integers(size, size=n)
        second = np.where(random.random(n) < agree, first, np.clip(first + random.integers(-2, 3, n), 0, size - 1))
        table = np.zeros((size, size))
        np.add.at(table, (first, second), 1)
        for weights in ("none", "linear", "quadratic"):
            own = cohens_kappa(table, wt=None if weights == "none" else weights)
            value = cohen_kappa_score(first, second, weights=None if weights == "none" else weights)
            assert abs(own.kappa - value) < 1e-12
            cases.append(
                {
                    "a": [str(x) for x in first],
                    "b": [str(x) for x in second],
                    "weights": weights,
                    "kappa": value,
                    "standard_error": own.std_kappa,
                }
            )
    return cases


def alpha_cases():
    # The example of Krippendorff's "Computing Krippendorff's Alpha-Reliability" (2011), section C.
    book = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    tables = [book]
    for raters, units, missing in [(2, 30, 0.0), (3, 40, 0.2), (5, 25, 0.5)]:
        truth = random.integers(1, 6, units)
        noise = random.integers(-1, 2, (raters, units)) * (random.random((raters, units)) < 0.5)
        ratings = np.clip(truth + noise, 1, 5).astype(float)
        ratings[random.random((raters, units)) < missing] = np.nan
        tables.append([[None if np.isnan(x) else int(x) for x in row] for row in ratings])
    cases = []
    for table in tables:
        data = np.array([[np.nan if x is None else x for x in row] for row in table], dtype=float)
        levels = ("nominal", "ordinal", "interval")
        alphas = {level: krippendorff.alpha(data, level_of_measurement=level) for level in levels}
        cases.append({"units": [list(unit) for unit in zip(*table)], "alpha": alphas})
    return cases


def bradley_terry_cases():
    """The same penalised likelihood, maximised by a general optimiser."""
    cases = []
    for size, count in [(2, 30), (3, 60), (5, 80)]:
        strength = random.normal(size=size)
        wins = np.zeros((size, size))
        comparisons = []
        for _ in range(count):
            a, b = random.choice(size, 2, replace=False)
            outcome = random.choice(["a", "b", "tie"], p=[0.4, 0.4, 0.2])
            if outcome != "tie":
                outcome = "a" if random.random() < 1 / (1 + np.exp(strength[b] - strength[a])) else "b"
            wins[a, b] += {"a": 1, "b": 0, "tie": 0.5}[outcome]
            wins[b, a] += {"a": 0, "b": 1, "tie": 0.5}[outcome]
            comparisons.append({"a": f"s{a}", "b": f"s{b}", "outcome": outcome, "group": f"g{len(comparisons)}"})

        def loss(x):
            apart = x[:, None] - x[None, :]
            ghost = 0.5 * (np.log1p(np.exp(-x)) + np.log1p(np.exp(x)))
            return (wins * np.log1p(np.exp(-apart))).sum() + ghost.sum()

        found = optimize.minimize(loss, np.zeros(size), tol=1e-14, options={"gtol": 1e-10}).x
        cases.append({"comparisons": comparisons, "log_strength": list(found - found.mean())})
    return cases


def paired_cases():
    """Macro-F1 of two systems: exact permutation test, and the clustered standard error of a mean difference."""
    labels = ["a", "b", "c"]
    truth = random.choice(labels, 11)
    first = np.where(random.random(11) < 0.8, truth, random.choice(labels, 11))
    second = np.where(random.random(11) < 0.3, truth, random.choice(labels, 11))

    def macro(predicted):
        return f1_score(truth, predicted, labels=labels, average="macro", zero_division=0)

    def difference(x, y):
        return macro(np.array(labels)[x.astype(int)]) - macro(np.array(labels)[y.astype(int)])

    codes = [np.array([labels.index(x) for x in own], dtype=float) for own in (first, second)]
    test = stats.permutation_test(
        codes, difference, permutation_type="samples", n_resamples=np.inf, vectorized=False
    )
    groups = np.repeat(np.arange(12), 5)
    scores = [(random.random(60) < chance).astype(float) for chance in (0.7, 0.5)]
    fit = sm.OLS(scores[0] - scores[1], np.ones(60)).fit(cov_type="cluster", cov_kwds={"groups": groups})
    return {
        "macro_f1": {
            "truth": list(truth),
            "candidate": list(first),
            "baseline": list(second),
            "figures": [macro(first), macro(second)],
            "p": test.pvalue,
        },
        "clustered": {
            "groups": [f"g{x}" for x in groups],
            "candidate": list(scores[0]),
            "baseline": list(scores[1]),
            "standard_error": fit.bse[0],
        },
    }


def seed_cases():
    first, second = list(random.normal(0.8, 0.02, 5)), list(random.normal(0.77, 0.03, 4))
    welch = stats.ttest_ind(first, second, equal_var=False)
    one = stats.ttest_1samp(first, 0.77)

    def described(test, shift=0.0):
        interval = test.confidence_interval(0.95)
        return {
            "p": test.pvalue,
            "df": float(test.df),
            "interval": [interval.low - shift, interval.high - shift],
        }

    mean = stats.ttest_1samp(first, 0).confidence_interval(0.95)
    return {
        "candidate": first,
        "baseline": second,
        "sd": np.std(first, ddof=1),
        "interval": [mean.low, mean.high],
        "welch": described(welch),
        "one_sample": {"baseline": 0.77, **described(one, 0.77)},
    }


def power_cases():
    """Effects in standard deviations that a paired t test finds, with the noncentral t distribution."""
    cases = []
    for n, power in [(10, 0.8), (25, 0.8), (100, 0.9), (1000, 0.8)]:
        effect = TTestPower().solve_power(nobs=n, alpha=0.05, power=power)
        quantiles = stats.t.ppf(0.975, n - 1) + stats.t.ppf(power, n - 1)
        cases.append({"groups": n, "power": power, "noncentral": effect, "quantiles": quantiles / np.sqrt(n)})
    return cases


def main() -> None:
    p_values = [0.011, 0.049, 0.003, 0.03, 0.7, 0.011]
    content = {
        "versions": {name: importlib.metadata.version(name) for name in PACKAGES},
        "mcnemar": mcnemar_cases(),
        "binomial": binomial_cases(),
        "kappa": kappa_cases(),
        "alpha": alpha_cases(),
        "bradley_terry": bradley_terry_cases(),
        "paired": paired_cases(),
        "seeds": seed_cases(),
        "power": power_cases(),
        "holm": {"p": p_values, "adjusted": list(multipletests(p_values, method="holm")[1])},
        "wilson": [
            {"right": k, "n": n, "interval": list(proportion_confint(k, n, method="wilson"))}
            for k, n in [(0, 12), (7, 9), (390, 500), (500, 500)]
        ],
    }
    # A line a case; numbers of NumPy are no numbers of JSON.
    blocks = []
    for name, value in content.items():
        if isinstance(value, list):
            lines = ",\n".join(json.dumps(case, default=float) for case in value)
            blocks.append(f"{json.dumps(name)}: [\n{lines}\n]")
        else:
            blocks.append(f"{json.dumps(name)}: {json.dumps(value, default=float)}")
    Path(__file__).with_name("statistics.json").write_text("{\n" + ",\n".join(blocks) + "\n}\n")


if __name__ == "__main__":
    main()
