/**
 * Figures from a set of decisions: of one rater, or of all.
 * @module
 */
import type { Interval, ResamplingSettings } from '../statistics/bootstrap.js';
import {
  bradleyTerry,
  type Preference,
  type SystemStrength,
  type WinRate,
  winRate,
} from '../statistics/bradley-terry.js';
import { comparePaired } from '../statistics/paired.js';
import { scoreInterval } from '../statistics/wilson.js';
import { type Counted, preferenceOf } from './counted.js';
import type { Study } from './study-file.js';

/** How often one system is preferred to another. */
export interface SystemWinRate extends WinRate {
  system: string;
  against: string;
  /** Ties where both answers were called bad. */
  bothBad: number;
}

/** A system's mean score on a criterion. */
export interface CriterionScore {
  criterion: string;
  system: string;
  /** On the criterion's scale, as is the interval. */
  mean: number;
  interval: Interval;
  /** Ratings. */
  n: number;
}

/** How much higher a system is scored than another, by the same raters on the same items. */
export interface CriterionDifference {
  criterion: string;
  system: string;
  against: string;
  /** On the criterion's scale, as is the interval. */
  difference: number;
  interval: Interval;
  pValue: number;
  n: number;
}

/** What decisions say about the systems. What the form of the study does not give is empty. */
export interface Figures {
  /** Every two systems that were compared; the one that the study names later against the earlier. */
  winRates: SystemWinRate[];
  /** Strongest first; of a single rater only where there are three systems or more, as the win rate of two says the same. */
  strengths: SystemStrength[];
  scores: CriterionScore[];
  differences: CriterionDifference[];
}

/** How a rater works. */
export interface RaterHabits {
  /**
   * Of the decisions for one side, the share for the left one. Each system stands on the left half of the time, so a share
   * far from 0.5 is a habit. Absent where no side was preferred.
   */
  left?: { share: number; interval: Interval; n: number };
  /** Seconds of a decision, where measured. */
  seconds?: { median: number; total: number; n: number };
}

/**
 * Win rates of a pairwise study, or scores and differences of a rubric.
 *
 * @param strengths whether to fit strengths, which takes long for many decisions
 */
export function figuresOf(
  study: Study,
  decisions: readonly Counted[],
  settings: ResamplingSettings,
  strengths: boolean,
): Figures {
  if (study.form === 'rubric') return { winRates: [], strengths: [], ...scored(study, decisions, settings) };
  const preferred = preferencesOf(study, decisions);
  return {
    winRates: winRates(study, preferred, settings),
    strengths: strengths && preferred.length > 0 ? bradleyTerry(preferred, settings) : [],
    scores: [],
    differences: [],
  };
}

/** Every two systems, the later one first. */
function pairsOf(systems: readonly string[]): [string, string][] {
  return systems.flatMap((against, place) =>
    systems.slice(place + 1).map((system): [string, string] => [system, against]),
  );
}

/** A preference, and whether it is a tie because both answers were called bad. */
type JudgedPreference = Preference & { bad: boolean };

function preferencesOf({ systems }: Study, decisions: readonly Counted[]): JudgedPreference[] {
  return decisions.flatMap((decision) => {
    const { rating, item } = decision;
    const preference = preferenceOf(decision, systems);
    const bad = rating !== undefined && 'choice' in rating && rating.choice === 'both_bad';
    return preference ? [{ ...preference, group: item.group, bad }] : [];
  });
}

function winRates(
  { systems }: Study,
  preferred: readonly JudgedPreference[],
  settings: ResamplingSettings,
): SystemWinRate[] {
  return pairsOf(systems).flatMap(([system, against]) => {
    const own = preferred.filter(({ a, b }) => a === against && b === system);
    if (own.length === 0) return [];
    const bothBad = own.filter(({ bad }) => bad).length;
    return [{ system, against, ...winRate(own, system, against, settings), bothBad }];
  });
}

function scored(
  { systems, criteria }: Study,
  decisions: readonly Counted[],
  settings: ResamplingSettings,
): Pick<Figures, 'scores' | 'differences'> {
  const scores: CriterionScore[] = [];
  const differences: CriterionDifference[] = [];
  for (const { name: criterion, scale } of criteria) {
    const span = scale - 1;
    const given = systems.map((system) => sharesOf(decisions, system, criterion, span));
    for (const [place, system] of systems.entries()) {
      const shares = [...given[place]!.values()];
      if (shares.length === 0) continue;
      const values = shares.map(({ share }) => share);
      const interval = scoreInterval(
        values,
        shares.map(({ group }) => group),
        settings.confidence,
      );
      const mean = 1 + (span * values.reduce((sum, value) => sum + value, 0)) / values.length;
      const onScale = { low: 1 + span * interval.low, high: 1 + span * interval.high };
      scores.push({ criterion, system, mean, interval: onScale, n: values.length });
    }
    for (const [system, against] of pairsOf(systems)) {
      const own = given[systems.indexOf(system)]!;
      const other = given[systems.indexOf(against)]!;
      const both = [...own].filter(([key]) => other.has(key));
      if (both.length === 0) continue;
      const { difference, interval, pValue } = comparePaired(
        both.map(([, { share }]) => share),
        both.map(([key]) => other.get(key)!.share),
        both.map(([, { group }]) => group),
        settings,
      );
      differences.push({
        criterion,
        system,
        against,
        difference: span * difference,
        interval: { low: span * interval.low, high: span * interval.high },
        pValue,
        n: both.length,
      });
    }
  }
  return { scores, differences };
}

/** A system's scores as shares of the scale, by rater and item. */
function sharesOf(
  decisions: readonly Counted[],
  system: string,
  criterion: string,
  span: number,
): Map<string, { share: number; group: string }> {
  const shares = new Map<string, { share: number; group: string }>();
  for (const { rater, item, rating } of decisions) {
    if (!rating || !('systems' in rating) || !rating.systems.includes(system)) continue;
    const share = (rating.scores[criterion]! - 1) / span;
    shares.set(JSON.stringify([rater, item.id]), { share, group: item.group });
  }
  return shares;
}

/** Side and pace of one rater's decisions. */
export function raterHabits(decisions: readonly Counted[], confidence: number): RaterHabits {
  const sided = decisions.flatMap(({ rating, item }) =>
    rating && 'choice' in rating && (rating.choice === 'left' || rating.choice === 'right')
      ? [{ left: Number(rating.choice === 'left'), group: item.group }]
      : [],
  );
  const lefts = sided.map(({ left }) => left);
  const groups = sided.map(({ group }) => group);
  const total = lefts.reduce((sum, left) => sum + left, 0);
  const seconds = decisions.flatMap(({ rating }) => rating?.seconds ?? []).sort((a, b) => a - b);
  const middle = seconds.length >> 1;
  return {
    ...(sided.length > 0 && {
      left: {
        share: total / sided.length,
        interval: scoreInterval(lefts, groups, confidence),
        n: sided.length,
      },
    }),
    ...(seconds.length > 0 && {
      seconds: {
        median: seconds.length % 2 ? seconds[middle]! : (seconds[middle - 1]! + seconds[middle]!) / 2,
        total: seconds.reduce((sum, value) => sum + value, 0),
        n: seconds.length,
      },
    }),
  };
}
