import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChatFormat } from '../../chat/template.js';
import type { AttuneError } from '../../errors.js';
import { endpointSystemSchema } from '../../recipe/evaluation/endpoint.js';
import { heldOutBenchmark } from '../benchmarks/held-out.js';
import { makeItem } from '../evaluate.fixture.js';
import { evaluateSystem } from '../runner.js';
import type { Answer, Likelihoods, Prompt, System } from '../system.js';
import { createEndpointSystem } from './endpoint.js';
import { echoedLikelihood } from './endpoint-reply.js';
import { type Behaviour, type EndpointServer, startEndpointServer } from './endpoint-server.fixture.js';

const generation = { max_new_tokens: 32, temperature: 0, top_p: 1, top_k: 0, seed: 1 };
const servers: EndpointServer[] = [];
const start: typeof startEndpointServer = async (...how) => {
  const server = await startEndpointServer(...how);
  servers.push(server);
  return server;
};
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Everything rendered as `[role]content`. */
const format = {
  render: (messages, { addGenerationPrompt }) =>
    `${messages.map(({ role, content }) => `[${role}]${content}<end>\n`).join('')}${addGenerationPrompt ? '[assistant]' : ''}`,
  hash: 'format',
  stopTokenIds: [],
  endOfTurn: '<end>',
  document: { prefix: [] },
} satisfies ChatFormat;

function systemAt(server: EndpointServer, more: object = {}, environment: NodeJS.ProcessEnv = {}): System {
  const settings = endpointSystemSchema.parse({
    name: 'expert',
    base_url: server.url,
    model: 'm',
    retry_seconds: 0.01,
    timeout_seconds: 0.3,
    retries: 2,
    ...more,
  });
  return createEndpointSystem(settings, environment, { format });
}

const prompts = (count: number): Prompt[] =>
  Array.from({ length: count }, (_, i) => ({
    id: `q${i}`,
    messages: [{ role: 'user', content: `question ${i}` }],
  }));

async function ask(
  system: System,
  questions: Prompt[],
  settings = generation,
): Promise<{ answers: Answer[]; error?: AttuneError }> {
  const answers: Answer[] = [];
  try {
    for await (const answer of system.answer(questions, settings)) answers.push(answer);
    return { answers };
  } catch (error) {
    return { answers, error: error as AttuneError };
  }
}

async function likelihoods(system: System, requests: Parameters<NonNullable<System['likelihoods']>>[0]) {
  const found: Likelihoods[] = [];
  for await (const one of system.likelihoods!(requests)) found.push(one);
  return found;
}

describe('an endpoint', () => {
  it('is asked by messages, with the settings and the key, and says what an answer took', async () => {
    const server = await start((_, before) => (before === 0 ? 'good' : 'length'));
    const system = systemAt(
      server,
      { api_key_env: 'KEY', logprobs: true, price: { input: 2, output: 10 } },
      { KEY: 'sesame' },
    );
    const { answers } = await ask(system, [{ ...prompts(1)[0]!, stop: ['\n', 'b', 'c', 'd', 'on 0'] }], {
      ...generation,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
    });
    expect(server.seen[0]).toMatchObject({
      path: '/v1/chat/completions',
      authorization: 'Bearer sesame',
      body: {
        model: 'm',
        messages: [{ role: 'user', content: 'question 0' }],
        max_tokens: 32,
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        seed: 1,
        stop: ['\n', 'b', 'c', 'd'],
        logprobs: true,
      },
    });
    expect(answers).toEqual([
      {
        id: 'q0',
        // The fifth stop text is more than the protocol takes; it is found all the same.
        text: 're: questi',
        stopped: true,
        promptTokens: 100,
        newTokens: 20,
        logprobs: [-0.5, -0.25],
        seconds: expect.any(Number),
        cost: (100 * 2 + 20 * 10) / 1e6,
      },
    ]);
    const [cut] = (await ask(systemAt(server, { max_tokens_field: 'max_completion_tokens' }), prompts(1)))
      .answers;
    expect(cut).toMatchObject({ stopped: false, text: 're: question 0' });
    expect(server.seen[1]!.body).toMatchObject({ max_completion_tokens: 32 });
    expect(server.seen[1]!.body).not.toHaveProperty('top_p');
    expect(cut).not.toHaveProperty('cost');
  });

  it('is sent the text of the training, byte for byte', async () => {
    const server = await start(undefined, () => ' 12<end>\n[user]more');
    const system = systemAt(server, { prompt: 'completions' });
    const { answers } = await ask(system, [...prompts(1), { id: 'plain', text: 'One, two,' }]);
    expect(server.seen.map(({ path, body }) => [path, body.prompt, body.add_special_tokens])).toEqual([
      ['/v1/completions', '[user]question 0<end>\n[assistant]', false],
      ['/v1/completions', 'One, two,', undefined],
    ]);
    expect(answers[0]).toMatchObject({ text: '12', stopped: true });
    const settings = endpointSystemSchema.parse({
      name: 'x',
      base_url: server.url,
      model: 'm',
      prompt: 'completions',
    });
    await expect(ask(createEndpointSystem(settings, {}), prompts(1))).resolves.toMatchObject({
      error: { field: 'prompt' },
    });
  });

  it.each<Behaviour>(['busy', 'fail', 'hang', 'reset', 'broken_json'])(
    'is asked again where it answers with: %s',
    async (behaviour) => {
      const server = await start((_, before) => (before === 0 ? behaviour : 'good'));
      const { answers, error } = await ask(systemAt(server), prompts(2));
      expect(error).toBeUndefined();
      expect(answers.map(({ text }) => text).sort()).toEqual(['re: question 0', 're: question 1']);
      expect(server.seen).toHaveLength(4);
    },
  );

  it('gives everything else before it tells what failed', async () => {
    const server = await start(({ asked }) => (asked === 'question 1' ? 'hang' : 'good'));
    const { answers, error } = await ask(systemAt(server, { concurrency: 2 }), prompts(6));
    expect(answers.map(({ id }) => id).sort()).toEqual(['q0', 'q2', 'q3', 'q4', 'q5']);
    expect(error!.message).toMatch(
      /did not answer 1 of 6 questions, q1 for one: .*3 attempts.*5 new answers are kept/,
    );
    expect(error!.fix).toMatch(/only the open questions are asked/);
  });

  it('counts what it refuses as answered with nothing where the settings say so', async () => {
    const server = await start(({ asked }) => (asked === 'question 1' ? 'filtered' : 'good'));
    const strict = await ask(systemAt(server), prompts(4));
    expect(strict.answers).toHaveLength(3);
    expect(strict.error!.message).toMatch(/status 400.*content policy/);
    expect(strict.error!.fix).toMatch(/set refused: empty/);
    const lenient = await ask(systemAt(server, { refused: 'empty' }), prompts(4));
    expect(lenient.error).toBeUndefined();
    expect(lenient.answers.find(({ id }) => id === 'q1')).toEqual({ id: 'q1', text: '', stopped: true });
    expect(systemAt(server, { refused: 'empty' }).hash).not.toBe(systemAt(server).hash);
  });

  it('is not asked further after failures in a row', async () => {
    const server = await start(({ asked }) => (asked === 'question 0' ? 'good' : 'fail'));
    const system = systemAt(server, { concurrency: 1, retries: 0, stop_after_failures: 3 });
    const { answers, error } = await ask(system, prompts(20));
    expect(answers).toHaveLength(1);
    expect(server.seen).toHaveLength(4);
    expect(error!.message).toMatch(/3 of 20 questions and is not asked further/);
  });

  it.each<[Behaviour, RegExp]>([
    ['wrong_key', /refuses the key/],
    ['redirect', /redirects/],
  ])('stops at once for: %s, and shows no key', async (behaviour, message) => {
    const server = await start(() => behaviour);
    const system = systemAt(server, { concurrency: 1, api_key_env: 'KEY' }, { KEY: 'sesame' });
    const { error } = await ask(system, prompts(20));
    expect(server.seen).toHaveLength(1);
    expect(error!.message).toMatch(message);
    expect(error!.describe() + system.hash).not.toContain('sesame');
  });

  it('has as many requests under way as it may, and gives answers as they come', async () => {
    const server = await start(({ asked }) => (/ [0-2]$/.test(asked) ? 'slow' : 'good'));
    const { answers } = await ask(systemAt(server, { concurrency: 4, timeout_seconds: 20 }), prompts(9));
    expect(server.mostAtOnce).toBe(4);
    expect(answers).toHaveLength(9);
    expect(answers[0]!.id).toBe('q3');
  });

  it('loses nothing when an evaluation is broken off: no item is asked twice', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'attune-endpoint-'));
    let dead = false;
    const answered: string[] = [];
    const server = await start(({ asked }) => {
      if (dead) return 'reset';
      answered.push(asked);
      dead = answered.length === 4;
      return 'good';
    });
    const examples = Array.from({ length: 10 }, (_, i) => makeItem(i + 1));
    const evaluate = () =>
      evaluateSystem({
        system: systemAt(server, { concurrency: 2, retries: 0, stop_after_failures: 2, timeout_seconds: 10 }),
        benchmark: heldOutBenchmark('held-out', examples),
        settings: generation,
        directory,
      });
    await expect(evaluate()).rejects.toThrow('4 new answers are kept');
    const file = join(directory, 'evaluation', 'held-out', 'expert.jsonl');
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(4);
    dead = false;
    const result = await evaluate();
    expect(result).toMatchObject({ asked: 6 });
    expect(result.items.map(({ id }) => id)).toEqual(examples.map(({ id }) => id));
    expect(answered.sort()).toEqual(examples.map((_, i) => `question ${i + 1}`).sort());
    await rm(directory, { recursive: true });
  });

  it('ends the requests under way when it is told to stop', async () => {
    const server = await start(({ asked }) => (asked === 'question 0' ? 'good' : 'hang'));
    const stop = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of systemAt(server, { timeout_seconds: 60 }).answer(
        prompts(4),
        generation,
        stop.signal,
      )) {
        stop.abort(new Error('enough'));
      }
    };
    await expect(read()).rejects.toThrow('enough');
  });
});

describe('likelihoods of an endpoint', () => {
  it('are those of the tokens behind the prompt', async () => {
    const server = await start();
    const system = systemAt(server, { prompt: 'completions', likelihoods: true });
    const found = await likelihoods(system, [
      { id: 'a', text: 'The 😀 sky is ', continuations: ['Blue', 'Light Grey', 'dark'] },
      { id: 'b', messages: [{ role: 'user', content: 'Grüße' }], continuations: [' Yes', ' no'] },
    ]);
    const byId = new Map(found.map(({ id, continuations }) => [id, continuations]));
    // ` Blue` is a token of five characters, the blank of the prompt belongs to it.
    expect(byId.get('a')).toEqual([
      { logLikelihood: expect.closeTo(-0.5), tokens: 1, greedy: true },
      { logLikelihood: expect.closeTo(-1.1), tokens: 2, greedy: true },
      { logLikelihood: expect.closeTo(-0.5), tokens: 1, greedy: false },
    ]);
    expect(byId.get('b')).toEqual([
      { logLikelihood: expect.closeTo(-0.4), tokens: 1, greedy: true },
      { logLikelihood: expect.closeTo(-0.3), tokens: 1, greedy: false },
    ]);
    expect(server.seen[0]!.body).toMatchObject({ echo: true, logprobs: 1, prompt: 'The 😀 sky is Blue' });
  });

  it('are absent where they cannot be had, and an error where the server gives none', async () => {
    const server = await start();
    expect(systemAt(server).likelihoods).toBeUndefined();
    expect(() => systemAt(server, { likelihoods: true })).toThrow('asked by messages');
    const system = systemAt(server, { prompt: 'completions', likelihoods: true });
    await expect(likelihoods(system, [{ id: 'a', text: '', continuations: ['Blue'] }])).rejects.toThrow(
      /no probability to the first token/,
    );
  });

  it('are found where the server counts the BOS that it added, and a token straddles the border', () => {
    const body = (tokens: string[], offsets: number[]) => ({
      choices: [
        {
          text: 'The sky is blue.x',
          logprobs: {
            tokens,
            token_logprobs: [null, -1, -2, -3, -4, -9],
            top_logprobs: [null, { a: -0.5 }, { b: -2 }, { c: -3 }, { d: -4 }, {}],
            text_offset: offsets,
          },
        },
      ],
    });
    const tokens = ['<s>', 'The', ' sky', ' is', ' blue.', 'x'];
    const wanted = { logLikelihood: -4, tokens: 1, greedy: true };
    const [before, text] = ['The sky is', 'The sky is blue.'];
    expect(echoedLikelihood(body(tokens, [0, 3, 6, 10, 13, 19]), before, text)).toEqual(wanted);
    expect(echoedLikelihood(body(tokens, [0, 0, 3, 7, 10, 16]), before, text)).toEqual(wanted);
    expect(echoedLikelihood(body(tokens, [0, 0, 3, 7, 10, 16]), 'The sky i', text)).toMatchObject({
      logLikelihood: -7,
      tokens: 2,
    });
    expect(echoedLikelihood(body(tokens, [0]), before, text)).toMatch(/differ in length/);
    expect(echoedLikelihood({ choices: [{ text: 'x' }] }, before, text)).toMatch(/no logprobs/);
    expect(echoedLikelihood({ error: 'x' }, before, text)).toBeUndefined();
  });
});
