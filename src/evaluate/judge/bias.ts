/**
 * Whether a judge goes by what it should not: the place of an answer, or its length.
 * @module
 */
import type { ScoredItem } from '../answers-file.js';
import type { Interval } from '../statistics/bootstrap.js';
import { scoreInterval } from '../statistics/wilson.js';
import type { Preference } from './judgement.js';
import { pairOutcomes } from './outcomes.js';

/** A share of some decisions, with its interval. */
export interface Share {
  /** Decisions that it is a share of. */
  n: number;
  share: number;
  interval: Interval;
}

/** What the replies show of a judge. */
export interface JudgeBias {
  /** Of the replies that prefer one answer: share that prefers the one shown first. A fair judge is near one half. */
  first: Share;
  /** Of the items: share with the same result in both orders. */
  consistent: Share;
  /** Of the items with a winner: share where the longer answer won. */
  longer: Share;
  /** The same among items whose two answers have the same score, where length should not decide. */
  longerAmongEqual: Share;
  /** Replies that could not be read. */
  unreadable: number;
  replies: number;
  /** What is wrong with the judge, in sentences; empty where nothing shows. */
  findings: string[];
}

/** Shares inside this range are no finding. */
const fair = { low: 0.4, high: 0.6 };
/** Fewer decisions between equally right answers than this do not tell bias from merit. */
const fewest = 10;
/** A judge of whom more than this share of replies cannot be read is of no use. */
const mostUnreadable = 0.2;

/**
 * Measures position and length bias from the replies themselves: every pair was shown in both orders.
 *
 * A bias is a finding where the whole interval lies outside 40 to 60 %. Length is judged on items whose answers have
 * equal scores, where there are ten at least: elsewhere a longer answer may win because it is better.
 *
 * A habit of the judge is no property of documents: here the replies about one item count as one draw, not those about one
 * group.
 *
 * @param scores score of an item's answer by system, with which the answers of a pair are compared
 */
export function judgeBias(
  preferences: readonly Preference[],
  scores: ReadonlyMap<string, ReadonlyMap<string, number | undefined>>,
  confidence: number,
): JudgeBias {
  const share = <T extends { id: string }>(of: readonly T[], holds: (one: T) => boolean): Share => {
    const values = of.map((one) => Number(holds(one)));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      n: of.length,
      share: of.length > 0 ? mean : 0,
      interval: scoreInterval(
        values,
        of.map(({ id }) => id),
        confidence,
      ),
    };
  };
  const decided = preferences.filter(({ preferred }) => preferred === 'first' || preferred === 'second');
  const outcomes = pairOutcomes(preferences);
  const won = outcomes.filter(({ outcome, lengths: [a, b] }) => outcome !== 'tie' && a !== b);
  const longerWon = ({ outcome, lengths: [a, b] }: (typeof won)[number]): boolean =>
    (outcome === 'a') === a > b;
  const equal = won.filter(({ id, a, b }) => {
    const [left, right] = [scores.get(a)?.get(id), scores.get(b)?.get(id)];
    return left !== undefined && left === right;
  });
  const bias = {
    first: share(decided, ({ preferred }) => preferred === 'first'),
    consistent: share(outcomes, ({ consistent }) => consistent),
    longer: share(won, longerWon),
    longerAmongEqual: share(equal, longerWon),
    unreadable: preferences.filter(({ preferred }) => preferred === undefined).length,
    replies: preferences.length,
  };
  return { ...bias, findings: findingsOf(bias) };
}

function findingsOf(bias: Omit<JudgeBias, 'findings'>): string[] {
  const { first, longer, longerAmongEqual, unreadable, replies } = bias;
  const findings: string[] = [];
  const place = sideOf(first);
  if (place) {
    findings.push(
      `It prefers the answer that is shown ${place === 'high' ? 'first' : 'second'}: in ${percent(first.share)} of ${first.n} decisions.`,
    );
  }
  const controlled = longerAmongEqual.n >= fewest;
  const length = controlled ? longerAmongEqual : longer;
  const side = sideOf(length);
  if (side) {
    const among = controlled
      ? `${length.n} decisions between equally right answers`
      : `${length.n} decisions`;
    const caution = controlled ? '' : ' There are too few equally right answers to tell bias from merit.';
    findings.push(
      `It prefers the ${side === 'high' ? 'longer' : 'shorter'} answer: in ${percent(side === 'high' ? length.share : 1 - length.share)} of ${among}.${caution}`,
    );
  }
  if (replies > 0 && unreadable / replies > mostUnreadable) {
    findings.push(`${unreadable} of ${replies} replies could not be read as a preference.`);
  }
  return findings;
}

function sideOf({ interval }: Share): 'high' | 'low' | undefined {
  if (interval.low > fair.high) return 'high';
  return interval.high < fair.low ? 'low' : undefined;
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

/** Scores by system and item, as {@link judgeBias} compares them. */
export function scoresBySystem(
  answers: ReadonlyMap<string, readonly ScoredItem[]>,
  metric: string,
): Map<string, Map<string, number | undefined>> {
  return new Map(
    [...answers].map(([system, items]) => [
      system,
      new Map(items.map(({ id, scores }) => [id, scores[metric]])),
    ]),
  );
}
