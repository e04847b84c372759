import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scriptedSystem } from '../evaluate.fixture.js';
import type { Answer, Likelihoods, Prompt, System } from '../system.js';
import { createCachedSystem } from './cached.js';

const settings = { max_new_tokens: 32, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-cached-'));
});
afterEach(() => rm(directory, { recursive: true }));

const prompts: Prompt[] = [1, 2, 3].map((i) => ({
  id: `q${i}`,
  messages: [{ role: 'user', content: `secret question ${i}` }],
}));

async function ask(system: System, questions = prompts, how = settings): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for await (const { id, text } of system.answer(questions, how)) answers.set(id, text);
  return answers;
}
const scripted = (hash?: string) => scriptedSystem('base', (id) => `answer to ${id}`, hash);

describe('a system whose answers are kept', () => {
  it('is asked once, across runs, whatever the ids are', async () => {
    const first = scripted();
    const answers = await ask(createCachedSystem(first, directory));
    const second = scripted();
    const cached = createCachedSystem(second, directory);
    const renamed = prompts.map((prompt) => ({ ...prompt, id: `new-${prompt.id}` }));
    expect([...(await ask(cached, renamed)).entries()]).toEqual(
      prompts.map(({ id }) => [`new-${id}`, answers.get(id)]),
    );
    expect(second.asked).toEqual([]);
    expect(cached.figures).toEqual({ cached: 3, asked: 0 });
    expect([cached.name, cached.hash]).toEqual(['base', first.hash]);
  });

  it('is asked again for other settings, stop texts, prompts and systems', async () => {
    await ask(createCachedSystem(scripted(), directory));
    const asked = async (questions: Prompt[], how = settings, hash?: string): Promise<number> => {
      const system = scripted(hash);
      await ask(createCachedSystem(system, directory), questions, how);
      return system.asked.length;
    };
    const [one] = prompts as [Prompt];
    expect(await asked([one], { ...settings, max_new_tokens: 33 })).toBe(1);
    expect(await asked([{ ...one, stop: ['\n'] }])).toBe(1);
    expect(await asked([{ id: 'q1', text: 'secret question 1' }])).toBe(1);
    expect(await asked([one], settings, 'other weights')).toBe(1);
    // Greedy answers depend on no seed; drawn ones do, and on the item that they are drawn for.
    expect(await asked([one], { ...settings, seed: 2 })).toBe(0);
    const drawn = { ...settings, temperature: 1 };
    expect(await asked([one], drawn)).toBe(1);
    expect(await asked([one], drawn)).toBe(0);
    expect(await asked([one], { ...drawn, seed: 2 })).toBe(1);
    expect(await asked([{ ...one, id: 'other' }], drawn)).toBe(1);
  });

  it('keeps no prompt, and passes over torn and forged lines', async () => {
    await ask(createCachedSystem(scripted(), directory));
    const [name] = await readdir(directory);
    const file = join(directory, name!);
    const content = await readFile(file, 'utf8');
    expect(content).not.toContain('secret');
    const lines = content.split('\n').filter((line) => line !== '');
    await writeFile(
      file,
      `${lines[0]}\n\n${lines[1]!.replace('answer to', 'forged')}\nnull\n{"key":1}\n${lines[2]!.slice(0, 40)}`,
    );
    const system = scripted();
    expect((await ask(createCachedSystem(system, directory))).size).toBe(3);
    expect(system.asked).toHaveLength(2);
    // What was asked again stands behind the torn line, and is found.
    const again = scripted();
    await ask(createCachedSystem(again, directory));
    expect(again.asked).toEqual([]);
  });

  it('keeps what was answered when the asking ends early', async () => {
    const system = scripted();
    for await (const _ of createCachedSystem(system, directory).answer(prompts, settings)) break;
    const second = scripted();
    await ask(createCachedSystem(second, directory));
    expect(second.asked).toHaveLength(2);
  });

  it('may be shared: two that write at the same time lose nothing', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({ id: `p${i}`, text: `prompt ${i}` }));
    await Promise.all([
      ask(createCachedSystem(scripted(), directory), many),
      ask(createCachedSystem(scripted(), directory), many),
    ]);
    await appendFile(join(directory, (await readdir(directory))[0]!), '{"torn');
    const third = scripted();
    expect((await ask(createCachedSystem(third, directory), many)).size).toBe(40);
    expect(third.asked).toEqual([]);
  });

  it('keeps likelihoods, and shows none where the system shows none', async () => {
    let asked = 0;
    const system: System = {
      ...scripted(),
      async *likelihoods(requests) {
        for (const { id, continuations } of requests) {
          asked++;
          yield {
            id,
            continuations: continuations.map(() => ({ logLikelihood: -1.5, tokens: 2, greedy: false })),
          };
        }
      },
    };
    const request = { id: 'a', text: 'The sky is', continuations: [' blue', ' green'] };
    const read = async (requests: (typeof request)[]): Promise<Likelihoods[]> => {
      const found: Likelihoods[] = [];
      for await (const one of createCachedSystem(system, directory).likelihoods!(requests)) found.push(one);
      return found;
    };
    const first = await read([request]);
    expect(await read([request])).toEqual(first);
    expect(asked).toBe(1);
    await read([{ ...request, continuations: [' blue'] }]);
    expect(asked).toBe(2);
    expect(createCachedSystem(scripted(), directory).likelihoods).toBeUndefined();
  });

  it('gives back every field of an answer', async () => {
    const whole: Answer = {
      id: 'q1',
      text: ' 12\n',
      stopped: false,
      promptTokens: 9,
      newTokens: 3,
      logprobs: [-0.1, -2],
      seconds: 0.25,
      cost: 0.001,
    };
    const system: System = {
      ...scripted(),
      async *answer() {
        yield whole;
      },
    };
    for (let i = 0; i < 2; i++) {
      const found: Answer[] = [];
      for await (const one of createCachedSystem(system, directory).answer([prompts[0]!], settings))
        found.push(one);
      expect(found).toEqual([whole]);
    }
  });
});
