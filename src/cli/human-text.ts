/**
 * The results of a human study in a few lines.
 * @module
 */
import type { StudyResults } from '../evaluate/human/results.js';

/** Who was preferred, how the answers were scored, and whether the raters agree. */
export function describeStudy(results: StudyResults): string {
  const { study, benchmark, decided, asked, items, all, agreement, raters, disagreements } = results;
  return [
    `Study ${study} on ${benchmark}: ${decided} of ${asked} decisions on ${items} items`,
    ...raters.map(({ rater, decided: made, asked: wanted, seconds }) => {
      const time = seconds ? `, ${seconds.median.toFixed(0)} s a decision` : '';
      return `  ${rater}: ${made} of ${wanted}${time}`;
    }),
    ...all.winRates.map(
      ({ system, against, rate, interval, wins, losses, ties }) =>
        `  ${system} against ${against}: win rate ${percent(rate)} (${percent(interval.low)} to ${percent(interval.high)}), ${wins} won, ${losses} lost, ${ties} tied`,
    ),
    ...all.scores.map(
      ({ criterion, system, mean, interval }) =>
        `  ${criterion} of ${system}: ${mean.toFixed(2)} (${interval.low.toFixed(2)} to ${interval.high.toFixed(2)})`,
    ),
    ...agreement.map(({ on, alpha, units }) =>
      alpha === undefined
        ? `  agreement on ${on}: unknown, no two raters decided the same`
        : `  agreement on ${on}: Krippendorff’s alpha ${alpha.toFixed(2)} over ${units} units`,
    ),
    ...(disagreements.length > 0 ? [`  ${disagreements.length} items to discuss are in the report`] : []),
  ].join('\n');
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
