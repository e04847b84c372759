/**
 * Whether a judge says what people say.
 * @module
 */
import { groupBy } from '../group-by.js';
import type { Interval, ResamplingSettings } from '../statistics/bootstrap.js';
import { cohenKappa, type Kappa, kappaInterval } from '../statistics/kappa.js';
import type { PairOutcome } from './outcomes.js';

/** One person's choice between two systems on one item. */
export type PeopleOutcome = Pick<PairOutcome, 'id' | 'a' | 'b' | 'outcome'>;

/** Agreement of a judge with people. */
export interface JudgeAgreement extends Kappa {
  /** Of kappa, whole groups drawn. */
  interval: Interval;
}

/**
 * Cohen's kappa between the judge's outcomes and the majority of people's on the same items and pairs, with the outcomes
 * `a`, `b` and `tie`; undefined where they share none.
 */
export function agreementWithPeople(
  judged: readonly PairOutcome[],
  people: readonly PeopleOutcome[],
  settings: ResamplingSettings,
): JudgeAgreement | undefined {
  const votes = groupBy(people.map(ordered), pairKey);
  const shared = judged.flatMap((one) => {
    const own = ordered(one);
    const said = votes.get(pairKey(own));
    return said ? [{ judge: own.outcome, people: majority(said), group: one.group }] : [];
  });
  if (shared.length === 0) return undefined;
  const judge = shared.map((one) => one.judge);
  const most = shared.map((one) => one.people);
  const grades = { grades: ['a', 'tie', 'b'] };
  const groups = shared.map(({ group }) => group);
  return {
    ...cohenKappa(judge, most, grades),
    interval: kappaInterval(judge, most, groups, settings, grades),
  };
}

const pairKey = ({ id, a, b }: PeopleOutcome): string => JSON.stringify([id, a, b]);

/** The same outcome with the systems in the order of their names. */
function ordered({ id, a, b, outcome }: PeopleOutcome): PeopleOutcome {
  if (a <= b) return { id, a, b, outcome };
  const swapped = { a: 'b', b: 'a', tie: 'tie' } as const;
  return { id, a: b, b: a, outcome: swapped[outcome] };
}

/** What most people said; a draw is a tie. */
function majority(votes: readonly PeopleOutcome[]): PeopleOutcome['outcome'] {
  const balance = votes.reduce((sum, { outcome }) => sum + { a: 1, b: -1, tie: 0 }[outcome], 0);
  const ties = votes.filter(({ outcome }) => outcome === 'tie').length;
  if (balance === 0 || ties > votes.length / 2) return 'tie';
  return balance > 0 ? 'a' : 'b';
}
