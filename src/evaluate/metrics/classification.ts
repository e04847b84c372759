/**
 * Figures of a classification, from the counts of its confusion matrix.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import { labelOf, wantedLabelOf } from './labels.js';
import type { Metric } from './metric.js';

/** What is counted of one class. */
interface ClassCounts {
  /** Given and wanted. */
  right: number;
  given: number;
  wanted: number;
}

/**
 * Share of the items whose answer names the right label; for written answers, of which `exact_match` would refuse "The
 * answer is yes." for "yes".
 */
export function labelAccuracy(labels: readonly string[]): Metric {
  return classMetric({ name: 'label_accuracy', unit: 'share' }, labels, (classes, items) => {
    return classes.reduce((sum, { right }) => sum + right, 0) / items;
  });
}

/**
 * Mean of the classes' F1, every class alike, as scikit-learn's `f1_score(average='macro', labels=labels)`: a class that is
 * neither wanted nor given counts with 0. Answers that name no label are wrong for the class that was wanted.
 */
export function macroF1(labels: readonly string[]): Metric {
  return classMetric({ name: 'macro_f1', label: 'macro-F1', unit: 'share' }, labels, (classes) => {
    return classes.reduce((sum, counts) => sum + f1(counts), 0) / classes.length;
  });
}

/** Mean of the classes' F1, each weighted by how often it is wanted, as scikit-learn's `average='weighted'`. */
export function weightedF1(labels: readonly string[]): Metric {
  return classMetric(
    { name: 'weighted_f1', label: 'weighted F1', unit: 'share' },
    labels,
    (classes, items) => {
      return classes.reduce((sum, counts) => sum + f1(counts) * counts.wanted, 0) / items;
    },
  );
}

/**
 * Matthews correlation coefficient of any number of classes (Gorodkin, *Comparing two K-category assignments by a
 * K-category correlation coefficient*, 2004) as scikit-learn's `matthews_corrcoef`: 1 is perfect, 0 what guessing
 * gives, also where all items have one label or get one. Answers that name no label are a class of their own.
 */
export function mcc(labels: readonly string[]): Metric {
  return classMetric({ name: 'mcc', label: 'MCC', unit: 'coefficient' }, labels, (classes, items) => {
    const right = classes.reduce((sum, counts) => sum + counts.right, 0);
    const given = classes.map((counts) => counts.given);
    const none = items - given.reduce((sum, count) => sum + count, 0);
    const both = classes.reduce((sum, counts) => sum + counts.given * counts.wanted, 0);
    const spreadGiven = items ** 2 - given.reduce((sum, count) => sum + count ** 2, none ** 2);
    const spreadWanted = items ** 2 - classes.reduce((sum, { wanted }) => sum + wanted ** 2, 0);
    const spread = spreadGiven * spreadWanted;
    return spread === 0 ? 0 : (right * items - both) / Math.sqrt(spread);
  });
}

/** A metric whose terms are, for every label, whether it is right, given and wanted. Items with another reference don't count. */
function classMetric(
  described: Pick<Metric, 'name' | 'label' | 'unit'>,
  labels: readonly string[],
  figure: (classes: readonly ClassCounts[], items: number) => number,
): Metric {
  return {
    ...described,
    higherIsBetter: true,
    terms(item: ScoredItem) {
      const wanted = wantedLabelOf(item, labels);
      if (wanted === undefined) return undefined;
      const given = labelOf(item, labels);
      return labels.flatMap((_, index) => [
        Number(index === given && index === wanted),
        Number(index === given),
        Number(index === wanted),
      ]);
    },
    value(sums) {
      const classes = labels.map((_, index) => ({
        right: sums[3 * index]!,
        given: sums[3 * index + 1]!,
        wanted: sums[3 * index + 2]!,
      }));
      const items = classes.reduce((sum, { wanted }) => sum + wanted, 0);
      return items === 0 ? Number.NaN : figure(classes, items);
    },
  };
}

function f1({ right, given, wanted }: ClassCounts): number {
  return given + wanted === 0 ? 0 : (2 * right) / (given + wanted);
}
