import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../progress.js';
import { replaySchema } from '../../recipe/data/replay.js';
import { findFiles } from '../ingest/find-files.js';
import { type ReplayPrompt, readPrompts } from './read-prompts.js';
import { rehearse } from './rehearse.js';
import { lengthRehearser } from './rehearser.fixture.js';

const prompts = Array.from(
  { length: 40 },
  (_, index): ReplayPrompt => ({
    id: `p:${index}`,
    prompt: 'x'.repeat(index + 1),
    file: 'p',
    line: index + 1,
  }),
);
const settings = (more: object) => replaySchema.parse({ type: 'replay', ...more });

describe('rehearse', () => {
  it('keeps what ended by itself, in the order of the prompts, and counts the rest', async () => {
    const { rehearser } = lengthRehearser();
    const { items, removed, figures } = await rehearse(prompts, settings({ max_new_tokens: 30 }), {
      rehearser,
      seed: 1,
    });
    expect(figures).toEqual({ prompts: 40, asked: 40, not_ended: 10, empty: 0 });
    expect(items.map(({ id }) => id)).toEqual(prompts.slice(0, 30).map(({ id }) => id));
    expect(removed).toHaveLength(10);
    expect(removed[0]).toMatchObject({
      id: 'p:30',
      step: 'replay',
      reason: 'not_ended',
      detail: 'the answer had not ended after 30 tokens',
    });
    expect(items[2]).toMatchObject({
      task: 'general',
      aspects: ['general'],
      split: 'train',
      licence: 'Apache-2.0',
      messages: [
        { role: 'user', content: 'xxx' },
        { role: 'assistant', content: '3 letters' },
      ],
    });
  });

  it('asks further prompts in place of those that did not end, until there are enough', async () => {
    const { rehearser, rounds } = lengthRehearser();
    const { items, figures } = await rehearse(prompts, settings({ count: 20, max_new_tokens: 30 }), {
      rehearser,
      seed: 1,
    });
    expect(items).toHaveLength(20);
    expect(figures.asked - figures.not_ended).toBe(20);
    expect(rounds[0]).toHaveLength(20);
    expect(new Set(rounds.flat()).size).toBe(figures.asked);
    const again = await rehearse(prompts, settings({ count: 20, max_new_tokens: 30 }), {
      ...lengthRehearser(),
      seed: 1,
    });
    expect(again.items).toEqual(items);
    const other = await rehearse(prompts, settings({ count: 20, max_new_tokens: 30 }), {
      ...lengthRehearser(),
      seed: 2,
    });
    expect(other.items).not.toEqual(items);
  });

  it('ends with fewer where the prompts run out, and with an error where nothing is good', async () => {
    const { rehearser } = lengthRehearser();
    const few = await rehearse(prompts, settings({ count: 99, max_new_tokens: 5 }), { rehearser, seed: 1 });
    expect(few.items).toHaveLength(5);
    await expect(
      rehearse(prompts.slice(10), settings({ max_new_tokens: 5 }), { rehearser, seed: 1 }),
    ).rejects.toThrow('none of 30 answers of stub ended within 5 tokens');
  });

  it('reports its way and stops when it is told to', async () => {
    const { rehearser } = lengthRehearser();
    const seen: Progress[] = [];
    await rehearse(prompts, settings({}), {
      rehearser,
      seed: 1,
      onProgress: (progress) => seen.push(progress),
    });
    expect(seen.at(-1)).toEqual({ phase: 'replay', done: 40, total: 40, unit: 'answers' });
    const controller = new AbortController();
    const stopped = rehearse(prompts, settings({}), {
      rehearser,
      seed: 1,
      signal: controller.signal,
      onProgress: ({ done }) => {
        if (done === 7) controller.abort(new Error('enough'));
      },
    });
    await expect(stopped).rejects.toThrow('enough');
  });
});

describe('readPrompts', () => {
  it.each([
    ['a.jsonl', '{"prompt": "One?"}\n\n"Two?"\n{"prompt": "One?"}\n'],
    ['a.json', '["One?", {"prompt": " Two? "}]'],
    ['a.yaml', '- One?\n- prompt: Two?\n'],
    ['a.csv', 'prompt,kind\nOne?,a\nTwo?,b\n'],
  ])('reads %s', async (name, content) => {
    const directory = await mkdtemp(join(tmpdir(), 'attune-prompts-'));
    await writeFile(join(directory, name), content);
    const { prompts: found, problems } = await readPrompts(await findFiles(name, directory));
    expect(problems).toEqual([]);
    expect(found.map(({ prompt }) => prompt)).toEqual(['One?', 'Two?']);
  });

  it('names what is no prompt', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'attune-prompts-'));
    await writeFile(
      join(directory, 'a.jsonl'),
      '{"prompt": "One?"}\n{"question": "Two?"}\n{"prompt": ""}\nbroken\n',
    );
    const { problems } = await readPrompts(await findFiles('a.jsonl', directory));
    expect(problems.map(({ line, message }) => [line, message.slice(0, 17)])).toEqual([
      [2, 'holds no prompt'],
      [3, 'holds no prompt'],
      [4, 'is not valid JSON'],
    ]);
  });
});
