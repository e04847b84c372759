import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { contaminationSchema } from '../../recipe/data/contamination.js';
import { makeItem } from '../contamination/cases.fixture.js';
import { buildContaminationIndex } from '../contamination/contamination-index.js';
import { createContaminationStep } from '../contamination/contamination-step.js';
import { heldOutItem } from '../contamination/held-out.js';
import type { Item } from '../item.js';
import { findBuiltinPrompts, readPrompts } from './read-prompts.js';

const benchmarks = new URL('../../../benchmarks/general/', import.meta.url);

const lines = async (file: string): Promise<Record<string, string>[]> =>
  (await readFile(new URL(file, benchmarks), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** The general probe as plain questions, and without the worked examples and passages before them. */
async function probe(): Promise<Item[]> {
  const items = await lines('items.jsonl');
  return items.flatMap(({ id, prompt, answer }) => {
    const last = prompt!
      .split('\n')
      .filter((line) => line !== 'Answer:')
      .at(-1)!;
    const bare = last.replace(/^Question: /, '');
    return [
      makeItem(`${id} whole`, { question: prompt!, answer: answer! }),
      makeItem(`${id} bare`, { question: bare, answer: answer! }),
    ];
  });
}

async function removedBy(held: Item[], asked: Item[]): Promise<string[]> {
  const settings = contaminationSchema.parse({});
  const index = await buildContaminationIndex(
    held.map((item) => heldOutItem(item, 'general')),
    settings,
    {},
  );
  const { removed } = await createContaminationStep(index, settings)(asked);
  return removed.map(({ id, detail }) => `${id}: ${detail}`);
}

describe('the prompts that come with Attune', () => {
  it('are many, of many kinds, and each there once', async () => {
    const { prompts, problems } = await readPrompts(await findBuiltinPrompts());
    expect(problems).toEqual([]);
    expect(prompts.length).toBeGreaterThanOrEqual(400);
    const { length } = (await readFile((await findBuiltinPrompts())[0]!.file, 'utf8')).trim().split('\n');
    expect(prompts).toHaveLength(length);
    const starts = new Map<string, number>();
    for (const { prompt } of prompts) {
      const start = prompt.split(' ').slice(0, 2).join(' ');
      starts.set(start, (starts.get(start) ?? 0) + 1);
    }
    expect(Math.max(...starts.values())).toBeLessThan(prompts.length / 8);
  });

  it('have nothing of the general probe', async () => {
    const { prompts } = await readPrompts(await findBuiltinPrompts());
    const asked = prompts.map(({ id, prompt }) => makeItem(id, { question: prompt, answer: 'Yes.' }));
    const held = await probe();
    expect(await removedBy(held, asked)).toEqual([]);
    const words = (text: string): string => (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
    const questions = new Set(held.map(({ messages }) => words(messages![0]!.content)));
    expect(prompts.filter(({ prompt }) => questions.has(words(prompt)))).toEqual([]);
  });

  it('would be found if one of the probe stood among them', async () => {
    const held = await probe();
    const long = held.filter(
      ({ id, messages }) => id.endsWith('bare') && messages![0]!.content.split(' ').length > 8,
    );
    const planted = long.slice(0, 20).map((item) => ({ ...item, id: `planted ${item.id}`, group: item.id }));
    expect((await removedBy(held, planted)).length).toBeGreaterThan(15);
  });
});
