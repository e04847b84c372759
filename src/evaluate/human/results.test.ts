import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk } from './desk.js';
import { studyResults } from './results.js';
import { writeAnswers } from './study.fixture.js';
import { createStudy, type Study, studyDirectory } from './study.js';
import { askedOf } from './study-file.js';

const settings = { confidence: 0.95, resamples: 1000, seed: 1 };
const when = '2026-03-14T09:26:53.000Z';
let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'attune-results-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** What a rater says of an item, as the system preferred, `equal` or `both_bad`; undefined leaves it open. */
type Say = (item: number) => string | undefined;

async function rate(
  study: Study,
  directory: string,
  rater: string,
  say: Say,
  comment: (item: number) => string = () => '',
): Promise<void> {
  const desk = await Desk.open(study, directory, rater);
  const asked = askedOf(study.raters.find(({ name }) => name === rater)!);
  for (const [index, assignment] of asked.entries()) {
    if ('systems' in assignment) throw new Error('pairwise only');
    const item = Number(assignment.item.split('-')[1]);
    const said = say(item);
    if (said === undefined) continue;
    const choice = said === assignment.left ? 'left' : said === assignment.right ? 'right' : said;
    await desk.decide(index, { choice, comment: comment(item), seconds: item + 1 }, when);
  }
}

describe('a pairwise study', () => {
  it('gives what pencil and paper give', async () => {
    const run = join(root, 'pencil');
    await writeAnswers(run, { count: 4 });
    const study = await createStudy({
      runDirectory: run,
      name: 's',
      settings: { raters: ['Anna', 'Ben'] },
      seed: 2,
    });
    const directory = studyDirectory(run, 's');
    // Anna prefers tuned on 0, 1, 2 and base on 3; Ben tuned on 0, neither on 1 and 2, base on 3.
    await rate(
      study,
      directory,
      'Anna',
      (item) => (item < 3 ? 'tuned' : 'base'),
      (item) => (item === 1 ? 'B has no figure' : ''),
    );
    await rate(study, directory, 'Ben', (item) => ['tuned', 'equal', 'both_bad', 'base'][item]);
    const results = await studyResults(directory, settings);

    expect(results).toMatchObject({ items: 4, groups: 2, asked: 8, decided: 8, identical: 0 });
    // 4 wins, 2 losses, 2 ties of 8: (4 + 1) / 8.
    const [all] = results.all.winRates;
    expect(all).toMatchObject({
      system: 'tuned',
      against: 'base',
      n: 8,
      wins: 4,
      losses: 2,
      ties: 2,
      bothBad: 1,
      rate: 0.625,
    });
    expect(all!.interval.low).toBeLessThan(0.625);
    expect(all!.interval.high).toBeGreaterThan(0.625);
    expect(results.raters.map(({ winRates }) => winRates[0]!.rate)).toEqual([0.75, 0.5]);

    // With half a win and half a loss against an average system, the log-strength s of tuned (and -s of base) solves
    // 5.5 = 8 / (1 + e^-2s) + 1 / (1 + e^-s).
    const [strongest, weakest] = results.all.strengths;
    expect([strongest!.system, weakest!.system]).toEqual(['tuned', 'base']);
    const s = strongest!.logStrength;
    expect(8 / (1 + Math.exp(-2 * s)) + 1 / (1 + Math.exp(-s))).toBeCloseTo(5.5, 6);
    expect(weakest!.logStrength).toBeCloseTo(-s, 9);

    // Pairs of ratings: (t,t), (t,-), (t,-), (b,b). Coincidences: 2 of t-t, 2 of b-b, 2 each of t-- and --t; margins 4, 2, 2.
    // Observed disagreement 4/8, expected (2·(4·2 + 4·2 + 2·2)) / (8·7) = 40/56; alpha = 1 - 0.5 / (40/56) = 0.3.
    const [agreement] = results.agreement;
    expect(agreement).toMatchObject({ on: 'preference', level: 'nominal', units: 4, same: 0.5 });
    expect(agreement!.alpha).toBeCloseTo(0.3, 12);

    expect(results.disagreements.map(({ item, spread }) => [item, spread]).sort()).toEqual([
      ['item-1', 0.5],
      ['item-2', 0.5],
    ]);
    const first = results.disagreements.find(({ item }) => item === 'item-1')!;
    expect(first.opinions).toEqual([
      { rater: 'Anna', preferred: 'tuned', comment: 'B has no figure' },
      { rater: 'Ben', preferred: 'equal' },
    ]);
    expect(first.answers.map(({ systems }) => systems)).toEqual([['base'], ['tuned']]);
    expect(first.question).toBe('By how many percent did Gross profit change from 2018 to 2019?');

    // Seconds are 1, 2, 3, 4.
    expect(results.raters[0]!.seconds).toEqual({ median: 2.5, total: 10, n: 4 });
    const anna = study.raters[0]!.assignments.map((each) => each as unknown as Record<string, string>);
    const lefts = anna.filter(({ item, left }) => (item === 'item-3' ? 'base' : 'tuned') === left).length;
    expect(results.raters[0]!.left).toMatchObject({ share: lefts / 4, n: 4 });
  });

  it('shows a rater who always chooses the left side', async () => {
    const run = join(root, 'left');
    await writeAnswers(run, { count: 40 });
    const study = await createStudy({
      runDirectory: run,
      name: 's',
      settings: { raters: ['Lena'] },
      seed: 2,
    });
    const directory = studyDirectory(run, 's');
    const desk = await Desk.open(study, directory, 'Lena');
    for (let index = 0; index < 40; index++) {
      await desk.decide(index, { choice: 'left', comment: '', seconds: 1 }, when);
    }
    const { all, raters, agreement } = await studyResults(directory, settings);
    expect(raters[0]!.left!.share).toBe(1);
    expect(raters[0]!.left!.interval.low).toBeGreaterThan(0.8);
    // The sides are balanced, so the habit favours nobody.
    expect(all.winRates[0]!.rate).toBe(0.5);
    expect(agreement).toEqual([{ on: 'preference', level: 'nominal', units: 0 }]);
  });

  it('counts identical answers as ties once the rater has come past them', async () => {
    const run = join(root, 'identical');
    const answer = (item: number, system: string) => (item % 2 ? 'the same' : `${system} ${item}`);
    await writeAnswers(run, { count: 20, answer });
    const study = await createStudy({
      runDirectory: run,
      name: 's',
      settings: { raters: ['Anna'] },
      seed: 4,
    });
    const directory = studyDirectory(run, 's');
    expect(await studyResults(directory, settings)).toMatchObject({
      asked: 10,
      decided: 0,
      identical: 0,
      items: 0,
    });
    const order = study.raters[0]!.assignments;
    const fifth = askedOf(study.raters[0]!)[4]!;
    const early = order.slice(0, order.indexOf(fifth)).filter((each) => 'identical' in each).length;
    const first = new Set(
      askedOf(study.raters[0]!)
        .slice(0, 5)
        .map(({ item }) => item),
    );
    await rate(study, directory, 'Anna', (item) => (first.has(`item-${item}`) ? 'tuned' : undefined));
    const half = await studyResults(directory, settings);
    expect(half).toMatchObject({ decided: 5, identical: early });
    expect(half.all.winRates[0]!.rate).toBeCloseTo((5 + early / 2) / (5 + early), 12);
    await rate(study, directory, 'Anna', () => 'tuned');
    const whole = await studyResults(directory, settings);
    expect(whole).toMatchObject({ decided: 10, identical: 10 });
    expect(whole.all.winRates[0]).toMatchObject({ wins: 10, ties: 10, rate: 0.75 });
    expect(whole.agreement[0]!.units).toBe(0);
  });

  it('compares three systems pair by pair', async () => {
    const run = join(root, 'three');
    const systems = ['base', 'base-3-shot', 'tuned'];
    await writeAnswers(run, { systems, count: 5, answer: (item, system) => `${system} ${item}` });
    const study = await createStudy({
      runDirectory: run,
      name: 's',
      settings: { raters: ['Anna'] },
      seed: 4,
    });
    const directory = studyDirectory(run, 's');
    const desk = await Desk.open(study, directory, 'Anna');
    for (const [index, each] of askedOf(study.raters[0]!).entries()) {
      const { left, right } = each as unknown as Record<string, string>;
      const choice = systems.indexOf(left!) > systems.indexOf(right!) ? 'left' : 'right';
      await desk.decide(index, { choice, comment: '', seconds: 1 }, when);
    }
    const { all } = await studyResults(directory, settings);
    expect(all.winRates.map(({ system, against, rate, n }) => [system, against, rate, n])).toEqual([
      ['base-3-shot', 'base', 1, 5],
      ['tuned', 'base', 1, 5],
      ['tuned', 'base-3-shot', 1, 5],
    ]);
    expect(all.strengths.map(({ system }) => system)).toEqual(['tuned', 'base-3-shot', 'base']);
  });
});

describe('a rubric study', () => {
  it('gives means, differences and agreement by criterion', async () => {
    const run = join(root, 'rubric');
    // On item 2 both write the same, which is scored once and counts for both.
    await writeAnswers(run, {
      count: 3,
      answer: (item, system) => (item === 2 ? 'same' : `${system} ${item}`),
    });
    const criteria = [
      { name: 'correct', scale: 5 },
      { name: 'clear', scale: 3 },
    ];
    const study = await createStudy({
      runDirectory: run,
      name: 's',
      settings: { raters: ['Anna', 'Ben'], form: 'rubric', criteria },
      seed: 2,
    });
    const directory = studyDirectory(run, 's');
    // By text: [Anna, Ben] on correct; clear is always 2, but 3 from Ben for `tuned 0`.
    const correct: Record<string, [number, number]> = {
      'base 0': [1, 2],
      'tuned 0': [5, 5],
      'base 1': [2, 2],
      'tuned 1': [4, 5],
      same: [3, 3],
    };
    for (const [place, rater] of ['Anna', 'Ben'].entries()) {
      const desk = await Desk.open(study, directory, rater);
      for (let index = 0; index < 5; index++) {
        const [text] = desk.show(index)!.answers;
        const clear = place === 1 && text === 'tuned 0' ? 3 : 2;
        await desk.decide(index, { scores: { correct: correct[text!]![place], clear }, seconds: 3 }, when);
      }
    }
    const { all, agreement, disagreements, raters, decided } = await studyResults(directory, settings);
    expect(decided).toBe(10);
    const mean = (criterion: string, system: string) =>
      all.scores.find((score) => score.criterion === criterion && score.system === system)!;
    // base: 1 2 2 2 3 3 = 13/6; tuned: 5 5 4 5 3 3 = 25/6; clear: 2, and 13/6.
    expect(mean('correct', 'base').mean).toBeCloseTo(13 / 6, 12);
    expect(mean('correct', 'tuned').mean).toBeCloseTo(25 / 6, 12);
    expect(mean('clear', 'base').mean).toBe(2);
    expect(mean('clear', 'tuned').mean).toBeCloseTo(13 / 6, 12);
    for (const { mean: value, interval, criterion } of all.scores) {
      expect(interval.low).toBeGreaterThanOrEqual(1);
      expect(interval.high).toBeLessThanOrEqual(criterion === 'correct' ? 5 : 3);
      expect(interval.low < value && value < interval.high).toBe(true);
    }
    const [difference] = all.differences;
    expect(difference).toMatchObject({ criterion: 'correct', system: 'tuned', against: 'base', n: 6 });
    expect(difference!.difference).toBeCloseTo(2, 12);
    expect(raters[0]!.differences[0]!.difference).toBeCloseTo((4 + 2 + 0) / 3, 12);

    // Ordinal alpha of (1,2) (5,5) (2,2) (4,5) (3,3). Margins 1,3,2,1,3 of the values 1 to 5, so the middles of their ranks
    // are 0.5, 2.5, 5, 6.5, 8.5. Observed: 2·(2² + 2²) / 10 = 1.6. Expected: 2·(sum over pairs of values n·m·d²) / 90 with
    // 3·4 + 2·20.25 + 36 + 3·64 + 6·6.25 + 3·16 + 9·36 + 2·2.25 + 6·12.25 + 3·4 = 780, so 52/3. alpha = 1 - 1.6·3/52.
    expect(agreement.map(({ on, level, units }) => [on, level, units])).toEqual([
      ['correct', 'ordinal', 5],
      ['clear', 'ordinal', 5],
    ]);
    expect(agreement[0]!.alpha).toBeCloseTo(1 - (1.6 * 3) / 52, 12);
    expect(agreement[0]!.same).toBe(0.6);
    // `tuned 0` differs by 1 of 2 on clear: (0 + 1/2) / 2. The others by 1 of 4 on correct: (1/4 + 0) / 2.
    expect(disagreements.map(({ spread }) => spread)).toEqual([0.25, 0.125, 0.125]);
    expect(disagreements[0]).toMatchObject({
      answers: [{ systems: ['tuned'], text: 'tuned 0' }],
      opinions: [{ scores: { correct: 5, clear: 2 } }, { scores: { correct: 5, clear: 3 } }],
    });
  });
});
