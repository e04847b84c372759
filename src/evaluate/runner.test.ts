import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Example, Message } from '../data/example.js';
import type { Progress } from '../progress.js';
import { answersFile, listAnswers, readAnswers } from './answers-file.js';
import { heldOutBenchmark, itemOfExample } from './benchmarks/held-out.js';
import { makeItem, scriptedSystem } from './evaluate.fixture.js';
import { evaluateSystem } from './runner.js';

const settings = { max_new_tokens: 32, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-evaluate-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const items: Example[] = [
  makeItem(1, { task: 'change', reference: '5 - 3' }),
  makeItem(2, { task: 'look_up', reference: '1,496.5' }),
  makeItem(3, { task: 'look_up', reference: '12' }),
  makeItem(4, { task: 'unanswerable', reference: 'The table does not say.' }),
];
const answers: Record<string, string> = {
  'item-1': '2',
  'item-2': '$1,496.5',
  'item-3': '-12',
  'item-4': '7',
};
const evaluate = (
  system = scriptedSystem('tuned', (id) => answers[id]!),
  { of = items, ...more }: Partial<Parameters<typeof evaluateSystem>[0]> & { of?: Example[] } = {},
) => evaluateSystem({ system, settings, directory, benchmark: heldOutBenchmark('held-out', of), ...more });

describe('evaluateSystem', () => {
  it('writes a scored line an item, in the order of the items', async () => {
    const progress: Progress[] = [];
    const result = await evaluate(
      scriptedSystem('tuned', (id) => answers[id]!),
      { onProgress: (p) => progress.push(p) },
    );
    expect(result.file).toBe(join(directory, 'evaluation', 'held-out', 'tuned.jsonl'));
    const lines = await readAnswers(result.file);
    expect(lines).toEqual(result.items);
    expect(lines.map((line) => [line.id, line.scores.exact_match, line.value])).toEqual([
      ['item-1', 1, 2],
      ['item-2', 1, 1496.5],
      ['item-3', 0, -12],
      ['item-4', 0, 7],
    ]);
    expect(lines[0]).toMatchObject({
      task: 'change',
      group: 'report-1',
      answer: '2',
      reference: '5 - 3',
      reference_value: 2,
      stopped: true,
      prompt_tokens: 10,
      new_tokens: 3,
    });
    expect((lines[0]!.prompt as Message[]).at(-1)).toEqual({ role: 'user', content: 'question 1' });
    expect(progress.at(-1)).toEqual({
      phase: 'evaluate',
      done: 4,
      total: 4,
      unit: 'items',
      note: 'held-out · tuned',
    });
    expect(await listAnswers(directory)).toEqual(new Map([['held-out', ['tuned']]]));
  });

  it('goes on after an interruption without asking again, half a line included', async () => {
    const stop = new AbortController();
    const first = scriptedSystem('tuned', (id) => answers[id]!);
    const onProgress = ({ done }: Progress): void => {
      if (done === 2) stop.abort(new Error('stopped by the user'));
    };
    await expect(evaluate(first, { signal: stop.signal, onProgress })).rejects.toThrow('stopped by the user');
    const file = answersFile(directory, 'held-out', 'tuned');
    await appendFile(file, '{"id":"item-1","key":"abc","ans');
    const second = scriptedSystem('tuned', (id) => answers[id]!);
    const result = await evaluate(second);
    expect(first.asked).toHaveLength(4);
    // Answers come in reverse order, so items 4 and 3 were done.
    expect(second.asked).toEqual(['item-1', 'item-2']);
    expect(result.asked).toBe(2);
    const again = scriptedSystem('tuned', (id) => answers[id]!);
    const before = await readFile(file, 'utf8');
    expect((await evaluate(again)).asked).toBe(0);
    expect(again.asked).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('asks again when system, settings or prompt have changed', async () => {
    await evaluate();
    const retrained = scriptedSystem('tuned', () => '3', 'other weights');
    expect((await evaluate(retrained)).asked).toBe(4);
    expect((await evaluate(retrained, { settings: { ...settings, max_new_tokens: 64 } })).asked).toBe(4);
    const changed = items.map((item, index) => (index === 0 ? makeItem(1, { question: 'new?' }) : item));
    const result = await evaluate(retrained, {
      of: changed,
      settings: { ...settings, max_new_tokens: 64 },
    });
    expect(result.asked).toBe(1);
    expect((await readAnswers(result.file)).map(({ id }) => id)).toEqual(items.map(({ id }) => id));
  });

  it('scores kept answers against the reference as it is now', async () => {
    await evaluate();
    const corrected = [...items.slice(0, 2), makeItem(3, { reference: '-12' }), items[3]!];
    const result = await evaluate(undefined, { of: corrected });
    expect(result.asked).toBe(0);
    expect(result.items[2]!.scores.exact_match).toBe(1);
  });

  it('puts the worked examples before every question', async () => {
    const shots = [makeItem(8, { reference: '4 - 1' }), makeItem(9, { reference: '7' })].map(itemOfExample);
    const result = await evaluate(undefined, { fewShot: shots });
    const contents = result.items.map(({ prompt }) => (prompt as Message[]).map(({ content }) => content));
    expect(contents[1]).toEqual(['system text', 'question 8', '4 - 1', 'question 9', '7', 'question 2']);
    expect(contents.every((content) => content.slice(0, 5).join() === contents[0]!.slice(0, 5).join())).toBe(
      true,
    );
    expect(result.items[1]!.reference).toBe('1,496.5');
  });

  it('names what is wrong with items, files and systems', async () => {
    await expect(evaluate(undefined, { of: [] })).rejects.toThrow('has no items');
    await expect(evaluate(undefined, { of: [items[0]!, items[0]!] })).rejects.toThrow(
      'two items have the id item-1',
    );
    const open = { ...items[0]!, messages: items[0]!.messages!.slice(0, -1) };
    expect(() => itemOfExample(open)).toThrow('no answer to compare with');
    const lazy = scriptedSystem('lazy', (id) => (id === 'item-2' ? undefined : 'x'));
    await expect(evaluate(lazy)).rejects.toThrow('left 1 of 4 items unanswered');
    await writeFile(answersFile(directory, 'held-out', 'lazy'), 'broken\n{}\n');
    await expect(evaluate(lazy)).rejects.toMatchObject({ line: 1, fix: expect.stringContaining('delete') });
  });
});
