/**
 * What SciPy, statsmodels, scikit-learn and krippendorff say: `test/golden/make_statistics.py` made the file.
 * @module
 */
import references from '../../../test/golden/statistics.json' with { type: 'json' };

export { references };

/** Groups of one item each. */
export const alone = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `group ${index}`);
