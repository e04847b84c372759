/**
 * Preferences between systems: who wins how often.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { bootstrapEstimates, type Interval, type ResamplingSettings } from './bootstrap.js';
import { chanceOf, strengthFit } from './bradley-terry-maximum.js';
import { clusterScores, clusterTerms } from './clusters.js';
import { comparePaired } from './paired.js';
import { meanInterval } from './wilson.js';

/** Which of two answers was preferred. */
export interface Preference {
  a: string;
  b: string;
  outcome: 'a' | 'b' | 'tie';
  /** Group of the item, which is drawn as a whole. */
  group: string;
}

/** How strong a system is among those compared. */
export interface SystemStrength {
  system: string;
  /** Chance of winning against an average system, from 0 to 1. */
  strength: number;
  /** The same as log-odds; those of all systems have the mean 0. */
  logStrength: number;
  /** Of `strength`. */
  interval: Interval;
}

/**
 * Bradley-Terry strengths (Biometrika 39, 1952): the chance that i beats j is p_i / (p_i + p_j). A tie counts as half a
 * win for both. {@link strengthFit} finds them.
 *
 * So that a system that never lost has a finite strength, each has besides half a win and half a loss
 * against an imaginary average system, which weighs as much as one comparison that ended in a tie. Intervals
 * resample whole groups ({@link bootstrapEstimates}).
 *
 * @returns strongest first
 */
export function bradleyTerry(
  comparisons: readonly Preference[],
  settings: ResamplingSettings,
): SystemStrength[] {
  const systems = [...new Set(comparisons.flatMap(({ a, b }) => [a, b]))].sort();
  const places = new Map(systems.map((system, place) => [system, place]));
  const pairs = new Map<string, [number, number]>();
  for (const { a, b } of comparisons) {
    const pair = placesOf(places, a, b);
    pairs.set(pair.join(), pair);
  }
  const columns = new Map([...pairs.keys()].map((pair, column) => [pair, 2 * column]));
  const terms = comparisons.map(({ a, b, outcome }) => {
    const [first, second] = placesOf(places, a, b);
    const column = columns.get(`${first},${second}`)!;
    const won = first === places.get(a) ? score(outcome) : 1 - score(outcome);
    const wins = new Float64Array(2 * pairs.size);
    wins[column] = won;
    wins[column + 1] = 1 - won;
    return wins;
  });
  const clusters = clusterTerms(
    terms,
    comparisons.map(({ group }) => group),
  );
  const met = [...pairs.values()];
  const start = strengthFit(met, systems.length, new Float64Array(systems.length))(clusters.totals).slice();
  const fitted = strengthFit(met, systems.length, start);
  const estimates = bootstrapEstimates(
    clusters,
    (wins) => Array.from(fitted(wins), chanceOf),
    { low: 0, high: 1 },
    settings,
  );
  return systems
    .map((system, place) => ({
      system,
      strength: estimates[place]!.value,
      logStrength: start[place]!,
      interval: estimates[place]!.interval,
    }))
    .sort((first, second) => second.strength - first.strength);
}

/** How often a system is preferred to another. */
export interface WinRate {
  n: number;
  wins: number;
  losses: number;
  ties: number;
  /** Share of wins, ties counted half. */
  rate: number;
  interval: Interval;
  /** Two-sided, of "both are preferred as often". */
  pValue: number;
}

/**
 * Win rate of one system against another, with Wilson's interval for clustered items ({@link meanInterval}) and the
 * permutation test that swaps both systems group by group.
 *
 * @throws AttuneError when the two were never compared
 */
export function winRate(
  comparisons: readonly Preference[],
  of: string,
  against: string,
  settings: ResamplingSettings,
): WinRate {
  const scores: number[] = [];
  const groups: string[] = [];
  for (const { a, b, outcome, group } of comparisons) {
    const turned = a === against && b === of;
    if (!turned && !(a === of && b === against)) continue;
    scores.push(turned ? 1 - score(outcome) : score(outcome));
    groups.push(group);
  }
  if (scores.length === 0) {
    throw new AttuneError(`${of} and ${against} were never compared`, {
      fix: 'name two systems that were shown side by side',
    });
  }
  const { candidate, pValue } = comparePaired(
    scores,
    scores.map((value) => 1 - value),
    groups,
    settings,
  );
  return {
    n: scores.length,
    wins: scores.filter((value) => value === 1).length,
    losses: scores.filter((value) => value === 0).length,
    ties: scores.filter((value) => value === 0.5).length,
    rate: candidate,
    interval: meanInterval(clusterScores(scores, groups), settings.confidence),
    pValue,
  };
}

/** What the first of two systems gets. */
function score(outcome: Preference['outcome']): number {
  return { a: 1, b: 0, tie: 0.5 }[outcome];
}

/** Places of two systems, the smaller first. */
function placesOf(places: ReadonlyMap<string, number>, a: string, b: string): [number, number] {
  const [first, second] = [places.get(a)!, places.get(b)!];
  return first < second ? [first, second] : [second, first];
}
