import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answersFile, readAnswers } from '../answers-file.js';
import { assign } from './assignments.js';
import { drawEvenly } from './draw.js';
import { showQuestion } from './shown-item.js';
import { writeAnswers } from './study.fixture.js';
import { createStudy, openStudy, studyDirectory } from './study.js';
import { askedOf, systemsOf } from './study-file.js';

let run: string;
beforeAll(async () => {
  run = await mkdtemp(join(tmpdir(), 'attune-human-'));
  await writeAnswers(run, { count: 12 });
});
afterAll(() => rm(run, { recursive: true, force: true }));

const settings = { raters: ['Anna', 'Ben'] };

describe('createStudy', () => {
  it('writes what openStudy reads, twice the same, and otherwise for another seed', async () => {
    const study = await createStudy({ runDirectory: run, name: 'first', settings, seed: 7 });
    const file = join(studyDirectory(run, 'first'), 'study.json');
    const bytes = await readFile(file, 'utf8');
    expect(await openStudy(studyDirectory(run, 'first'))).toEqual(study);
    await createStudy({ runDirectory: run, name: 'first', settings, seed: 7 });
    expect(await readFile(file, 'utf8')).toBe(bytes);
    const other = await createStudy({ runDirectory: run, name: 'other-seed', settings, seed: 8 });
    expect(other.raters).not.toEqual(study.raters);
  });

  it('does not replace a study that was drawn otherwise', async () => {
    await createStudy({ runDirectory: run, name: 'kept', settings, seed: 1 });
    await expect(createStudy({ runDirectory: run, name: 'kept', settings, seed: 2 })).rejects.toThrow(
      'another study of this name exists',
    );
  });

  it('shows each system on the left half of the time, and raters see other orders and sides', async () => {
    const study = await createStudy({ runDirectory: run, name: 'sides', settings, seed: 3 });
    const orders = study.raters.map(({ assignments }) => assignments.map(({ item }) => item).join());
    expect(orders[0]).not.toBe(orders[1]);
    for (const rater of study.raters) {
      expect(rater.assignments).toHaveLength(12);
      expect(rater.assignments.filter((a) => systemsOf(a)[0] === 'tuned')).toHaveLength(6);
    }
  });

  it('asks nobody about identical answers, and scores them once', async () => {
    const folder = join(run, 'identical');
    const answer = (item: number, system: string) => (item % 3 === 0 ? 'the same' : `${system} ${item}`);
    await writeAnswers(folder, { count: 9, answer });
    const pairs = await createStudy({ runDirectory: folder, name: 'pairs', settings, seed: 3 });
    expect(pairs.raters.map((rater) => askedOf(rater).length)).toEqual([6, 6]);
    const single = { ...settings, form: 'rubric' as const };
    const rubric = await createStudy({ runDirectory: folder, name: 'rubric', settings: single, seed: 3 });
    const sizes = rubric.raters[0]!.assignments.map((assignment) => systemsOf(assignment).length);
    expect(sizes.filter((size) => size === 2)).toHaveLength(3);
    expect(sizes.filter((size) => size === 1)).toHaveLength(12);
  });

  it('takes the shortest prompt, and leaves out what one system did not answer', async () => {
    const folder = join(run, 'few-shot');
    await writeAnswers(folder, { count: 4 });
    const file = answersFile(folder, 'held-out', 'base');
    const lines = await readAnswers(file);
    const shots = [
      { role: 'user', content: 'worked example' },
      { role: 'assistant', content: '12' },
    ];
    const changed = lines.slice(1).map((line) => ({ ...line, prompt: [...shots, ...line.prompt] }));
    await writeFile(file, `${changed.map((line) => JSON.stringify(line)).join('\n')}\n{"half`);
    const study = await createStudy({ runDirectory: folder, name: 'short', settings, seed: 1 });
    expect(study.items.map(({ id }) => id).sort()).toEqual(['item-1', 'item-2', 'item-3']);
    expect(JSON.stringify(study.items)).not.toContain('worked example');
  });

  it.each([
    ['Bad Name', settings, 'cannot name a study'],
    ['../up', settings, 'cannot name a study'],
    ['raters', { raters: [] }, 'name at least one rater'],
    ['raters', { raters: ['../../etc'] }, 'raters.0: only letters'],
    ['raters', { raters: ['Anna', 'anna'] }, 'names a rater twice'],
    ['systems', { ...settings, systems: ['base', 'gone'] }, 'gone has no answers to held-out'],
    ['systems', { ...settings, systems: ['base'] }, 'needs at least two systems'],
    ['benchmark', { ...settings, benchmark: 'none' }, 'no answers to the benchmark none'],
    ['overlap', { ...settings, overlap: 2 }, 'overlap'],
  ])('refuses %s', async (name, wrong, message) => {
    await expect(createStudy({ runDirectory: run, name, settings: wrong, seed: 1 })).rejects.toThrow(message);
  });

  it('says what a broken study lacks', async () => {
    const directory = studyDirectory(run, 'broken');
    const study = await createStudy({ runDirectory: run, name: 'broken', settings, seed: 1 });
    const file = join(directory, 'study.json');
    await writeFile(file, JSON.stringify({ ...study, form: 'duel' }));
    await expect(openStudy(directory)).rejects.toMatchObject({ file, field: 'form' });
    await writeFile(file, JSON.stringify({ ...study, items: study.items.slice(1) }));
    await expect(openStudy(directory)).rejects.toThrow('asks for items or systems that it does not hold');
  });
});

describe('drawing and dividing', () => {
  const items = (tasks: readonly string[]) =>
    tasks.map((task, index) => ({
      id: `${index}`,
      task,
      group: '',
      prompt: '',
      answers: [`a${index}`, 'b'],
    }));

  it('draws as evenly over the tasks as these allow', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        (tasks, most, seed) => {
          const drawn = drawEvenly(items(tasks), most, seed);
          expect(drawn).toHaveLength(Math.min(most, tasks.length));
          expect(new Set(drawn).size).toBe(drawn.length);
          const count = (of: readonly { task: string }[], task: string) =>
            of.filter((item) => item.task === task).length;
          for (const task of new Set(tasks)) {
            for (const other of new Set(tasks)) {
              const exhausted = count(drawn, task) === count(items(tasks), task);
              if (!exhausted) expect(count(drawn, other) - count(drawn, task)).toBeLessThanOrEqual(1);
            }
          }
        },
      ),
    );
  });

  it('gives shared items to all raters, every other to exactly one, evenly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer(),
        (count, people, overlap, seed) => {
          const drawn = items(Array.from({ length: count }, () => 'x'));
          const raters = Array.from({ length: people }, (_, index) => `r${index}`);
          const form = 'pairwise';
          const given = assign({ form, systems: ['p', 'q'], items: drawn, raters, overlap, seed });
          const shared = Math.round(overlap * count);
          const times = drawn.map(
            ({ id }) => given.filter(({ assignments }) => assignments.some(({ item }) => item === id)).length,
          );
          expect(times).toEqual(drawn.map((_, index) => (index < shared ? people : 1)));
          const sizes = given.map(({ assignments }) => assignments.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('showQuestion', () => {
  const long = 'A long report. '.repeat(60).trim();
  it.each([
    ['What is 1 + 1?', 'What is 1 + 1?', []],
    [`${long}\n\nIs it so?`, 'Is it so?', [long]],
    [`a | b\n1 | 2\nHow much?`, 'How much?', ['a | b\n1 | 2']],
    [`${long}\n\nOptions:\n(A) yes\n(B) no`, 'Options:\n(A) yes\n(B) no', [long]],
    [long, long, []],
    ['', '', []],
  ])('divides %#', (prompt, question, context) => {
    const shown = showQuestion(prompt);
    expect(shown.question).toBe(question);
    expect(shown.context.map(({ text }) => text)).toEqual(context);
  });

  it('shows the turns before as context', () => {
    const shown = showQuestion([
      { role: 'system', content: 'Be short.' },
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
      { role: 'user', content: 'And now?' },
    ]);
    expect(shown.question).toBe('And now?');
    expect(shown.context.map(({ text }) => text)).toEqual(['Be short.', 'Hello', 'Hi']);
  });
});
