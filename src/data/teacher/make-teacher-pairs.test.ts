import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AttuneError } from '../../errors.js';
import type { Progress } from '../../progress.js';
import { teacherSchema, teacherTasks } from '../../recipe/data/teacher.js';
import { createCachedTeacher } from './cached-teacher.js';
import { estimateTeacherCost } from './estimate.js';
import { makeTeacherPairs, type TeacherPairs } from './make-teacher-pairs.js';
import { createOpenAiTeacher } from './openai-teacher.js';
import { portPassages } from './ports.fixture.js';
import { readTeacherReply } from './reply.js';
import type { Teacher } from './teacher.js';
import {
  type Behaviour,
  type SeenRequest,
  startTeacherServer,
  type TeacherServer,
} from './teacher-server.fixture.js';

const key = 'sk-secret-0123456789';
const environment = { TEACHER_KEY: key };
let cacheDirectory: string;
let server: TeacherServer | undefined;

beforeEach(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'attune-teacher-'));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(cacheDirectory, { recursive: true, force: true });
});

async function start(
  behave: (seen: SeenRequest, index: number, before: number) => Behaviour,
): Promise<TeacherServer> {
  server = await startTeacherServer(behave);
  return server;
}

const settingsOf = (url: string, endpoint: object = {}, more: object = {}) =>
  teacherSchema.parse({
    endpoint: {
      base_url: url,
      model: 'test-model',
      api_key_env: 'TEACHER_KEY',
      timeout_seconds: 30,
      retry_seconds: 0.002,
      retries: 2,
      ...endpoint,
    },
    ...more,
  });

const run = (
  url: string,
  count: number,
  endpoint: object = {},
  more: object = {},
  rest: object = {},
): Promise<TeacherPairs> => {
  const settings = settingsOf(url, endpoint, more);
  return makeTeacherPairs(portPassages(count), createOpenAiTeacher(settings, environment), settings, {
    seed: 1,
    cacheDirectory,
    ...rest,
  });
};

async function cacheText(): Promise<string> {
  const names = await readdir(cacheDirectory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  return (await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')))).join(
    '\n',
  );
}

/** What a failing promise says, with everything that an error holds. */
async function failure(promise: Promise<unknown>): Promise<AttuneError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(AttuneError);
  return error as AttuneError;
}

const everything = (error: AttuneError): string =>
  [error.describe(), error.stack, String(error.cause), (error.cause as Error | undefined)?.stack].join('\n');

describe('makeTeacherPairs', () => {
  it('gives checked pairs of every task, with their story', async () => {
    const { url, seen } = await start(() => 'good');
    const { items, rejected, figures } = await run(
      url,
      3,
      {},
      { pairs_per_passage: 7, price: { input: 2, output: 10 } },
    );
    expect(rejected).toEqual([]);
    expect(figures).toEqual({
      asked: 21,
      calls: 21,
      cached: 0,
      failed: 0,
      accepted: 21,
      rejected: {},
      byTask: Object.fromEntries(teacherTasks.toSorted().map((task) => [task, { asked: 3, accepted: 3 }])),
      promptTokens: 2100,
      completionTokens: 420,
      cost: (2100 * 2 + 420 * 10) / 1e6,
    });
    const numeric = items.find(({ task }) => task === 'numeric')!;
    expect(numeric).toMatchObject({
      id: 'port-1#p1-teacher-numeric',
      group: 'group of port-1',
      source: 'port-1.pdf, page 1',
      origin: { file: 'port-1.pdf', page: 1 },
      steps: [
        { step: 'read', note: 'read' },
        { step: 'teacher', note: expect.stringMatching(/^question and answer by test-model at 127/) },
      ],
    });
    expect(numeric.messages![1]!.content).toBe(
      `${numeric.context}\n\nBy how many tons did the port of Oslo grow?`,
    );
    expect(numeric.answer).toMatch(/^-?\d+$/);
    expect(seen.every(({ authorization }) => authorization === `Bearer ${key}`)).toBe(true);
    expect(seen[0]!.body).toMatchObject({ model: 'test-model', response_format: { type: 'json_object' } });
    expect(new Set(items.map(({ id }) => id)).size).toBe(21);
  });

  it('makes no call the second time, and gives the same bytes', async () => {
    const { url, seen } = await start((_seen, index) => (index % 3 === 0 ? 'slow' : 'good'));
    const first = await run(url, 8);
    const calls = seen.length;
    const second = await run(url, 8);
    expect(seen.length).toBe(calls);
    expect(second.figures).toMatchObject({ calls: 0, cached: 16 });
    expect(JSON.stringify(second.items)).toBe(JSON.stringify(first.items));
    expect(await cacheText()).not.toContain(key);
  });

  it('goes on after an abort and ends with the same bytes', async () => {
    const { url, seen } = await start(() => 'slow');
    const whole = await run(url, 10);
    await rm(cacheDirectory, { recursive: true });
    seen.length = 0;
    const abort = new AbortController();
    const onProgress = ({ done }: Progress): void => {
      if (done === 7) abort.abort(new Error('stopped by the user'));
    };
    await expect(run(url, 10, {}, {}, { onProgress, signal: abort.signal })).rejects.toThrow(
      'stopped by the user',
    );
    const before = seen.length;
    expect(before).toBeLessThan(20);
    const rest = await run(url, 10);
    expect(rest.figures.cached).toBeGreaterThanOrEqual(7);
    expect(rest.figures.cached + rest.figures.calls).toBe(20);
    expect(JSON.stringify(rest.items)).toBe(JSON.stringify(whole.items));
  });

  it.each(['fail', 'busy', 'hang', 'close', 'broken_json', 'no_choice', 'html'] as Behaviour[])(
    'tries again after: %s',
    async (trouble) => {
      const { url, seen } = await start((_seen, _index, before) => (before === 0 ? trouble : 'good'));
      const { items, figures } = await run(
        url,
        2,
        trouble === 'hang' ? { timeout_seconds: 1.5, retries: 5 } : {},
      );
      expect(figures).toMatchObject({ asked: 4, calls: 4, failed: 0, accepted: 4 });
      expect(items.length).toBe(4);
      // A machine under load may let a good answer be late, too.
      if (trouble === 'hang') expect(seen.length).toBeGreaterThanOrEqual(8);
      else expect(seen.length).toBe(8);
    },
  );

  it.each([
    ['empty', 'empty_answer'],
    ['refuse', 'refusal'],
    ['chat', 'chatter'],
    ['number', 'invented_number'],
    ['name', 'invented_name'],
    ['german', 'wrong_language'],
    ['cut', 'cut_off'],
  ] as [Behaviour, string][])(
    'rejects what is answered with %s, and counts it',
    async (behaviour, reason) => {
      const { url, seen } = await start((_seen, index) => (index < 3 ? behaviour : 'good'));
      const { items, rejected, figures } = await run(
        url,
        5,
        { concurrency: 1 },
        { tasks: ['summary'], pairs_per_passage: 1 },
      );
      expect(rejected.map(({ id, reason: given }) => [id, given])).toEqual(
        [1, 2, 3].map((n) => [`port-${n}#p1-teacher-summary`, reason]),
      );
      expect(figures).toMatchObject({ asked: 5, accepted: 2, failed: 0, rejected: { [reason]: 3 } });
      expect(items.map(({ id }) => id)).toEqual(['port-4#p1-teacher-summary', 'port-5#p1-teacher-summary']);
      expect(seen.length).toBe(5);
    },
  );

  it('reads JSON through fences, thoughts and commas too many', async () => {
    const { url } = await start(() => 'fence');
    expect((await run(url, 2)).figures).toMatchObject({ asked: 4, accepted: 4 });
  });

  it('counts single failures, keeps the rest, and asks the failed ones again', async () => {
    const bad = new Set(['Lima', 'Perth']);
    let broken = true;
    const { url } = await start(({ text }) =>
      broken && [...bad].some((place) => text.includes(place)) ? 'fail' : 'good',
    );
    const first = await run(url, 6, { concurrency: 1 }, { pairs_per_passage: 1 });
    expect(first.figures).toMatchObject({
      asked: 6,
      calls: 4,
      failed: 2,
      accepted: 4,
      rejected: { no_answer: 2 },
    });
    expect(first.rejected[0]).toMatchObject({
      id: expect.stringMatching(/^port-2/),
      reason: 'no_answer',
      detail: expect.stringContaining('3 attempts: status 500'),
    });
    broken = false;
    const second = await run(url, 6, { concurrency: 1 }, { pairs_per_passage: 1 });
    expect(second.figures).toMatchObject({ calls: 2, cached: 4, failed: 0, accepted: 6 });
  });

  it('stops after failures in a row, says what is kept, and goes on', async () => {
    let broken = true;
    const { url } = await start((_seen, index) => (broken && index >= 5 ? 'fail' : 'good'));
    const error = await failure(run(url, 10, { concurrency: 2, retries: 1 }, { stop_after_failures: 3 }));
    expect(error.describe()).toMatch(
      /does not answer \(3 failures in a row\).*status 500.*5 of 20 answers are kept/s,
    );
    expect(error.fix).toContain('run the same command again');
    expect(everything(error)).not.toContain(key);
    broken = false;
    const rest = await run(url, 10, { concurrency: 2 });
    expect(rest.figures).toMatchObject({ asked: 20, cached: 5, calls: 15, accepted: 20 });
  });

  it.each([
    ['wrong_key', /refuses the key \(status 401\)/, 1],
    ['redirect', /redirects \(status 302\)/, 1],
  ] as [Behaviour, RegExp, number][])(
    'stops at once where every request would fail: %s',
    async (behaviour, message, calls) => {
      const { url, seen } = await start(() => behaviour);
      const error = await failure(run(url, 5, { concurrency: 1 }));
      expect(error.message).toMatch(message);
      expect(everything(error)).not.toContain(key);
      expect(seen.length).toBe(calls);
    },
  );

  it('does not repeat what was refused, nor show the key that the answer shows', async () => {
    const { url, seen } = await start(() => 'bad_request');
    const { rejected, figures } = await run(url, 2, { concurrency: 1 });
    expect(figures.failed).toBe(4);
    expect(seen.length).toBe(4);
    expect(JSON.stringify(rejected)).toContain('cannot read Bearer [key]');
    expect(JSON.stringify(rejected)).not.toContain(key);
  });

  it('keeps to the limits of the settings', async () => {
    const { url, seen } = await start(() => 'slow');
    await run(url, 10, { concurrency: 3 }, { max_calls: 12 });
    expect(seen.length).toBe(12);
    expect(server!.mostAtOnce).toBeLessThanOrEqual(3);
    expect(new Set(seen.map(({ text }) => text)).size).toBe(10);
    const { url: other } = await startHuge();
    const error = (await run(other, 1, { max_response_bytes: 2000 }, { pairs_per_passage: 1 })).rejected[0];
    expect(error).toMatchObject({
      reason: 'no_answer',
      detail: expect.stringContaining('longer than 2000 bytes'),
    });
  });

  async function startHuge(): Promise<TeacherServer> {
    await server!.close();
    return start(() => 'huge');
  }

  it('writes pairs for instructions of your own, in your form', async () => {
    const { url, seen } = await start(() => 'good');
    const { items, rejected } = await run(
      url,
      2,
      {},
      {
        tasks: [],
        instructions: [{ task: 'tons', text: 'Ask how much a port moved.', format: { regex: '\\d+ tons' } }],
      },
    );
    expect(rejected).toEqual([]);
    expect(items.map(({ task, messages }) => [task, messages!.at(-1)!.content])).toEqual([
      ['tons', expect.stringMatching(/^\d+ tons$/)],
      ['tons', expect.stringMatching(/^\d+ tons$/)],
    ]);
    expect(seen[0]!.task).toBe('Ask how much a port moved.');
    const twice = { instructions: [{ task: 'summary', text: 'x' }] };
    expect(teacherSchema.safeParse(twice).success).toBe(false);
  });
});

describe('createOpenAiTeacher', () => {
  it('says what is missing', async () => {
    expect(() => createOpenAiTeacher(teacherSchema.parse({}))).toThrow('no endpoint');
    expect(() => createOpenAiTeacher(settingsOf('http://127.0.0.1:9/v1'), {})).toThrow(
      'TEACHER_KEY is not set',
    );
    for (const base_url of ['http://user:secret@host/v1', 'file:///etc/passwd', 'http://host/v1?key=1']) {
      expect(teacherSchema.safeParse({ endpoint: { base_url, model: 'm' } }).success, base_url).toBe(false);
    }
    const wrong = teacherSchema.safeParse({
      endpoint: { base_url: 'http://h/v1', model: 'm', api_key_env: key },
    });
    expect(JSON.stringify(wrong.error)).not.toContain(key);
    expect(wrong.success).toBe(false);
  });

  it('lets no more requests through than the settings say', async () => {
    const { url, seen } = await start(() => 'slow');
    const teacher = createOpenAiTeacher(settingsOf(url, { concurrency: 2 }), environment);
    const message = { role: 'user' as const, content: 'Text:\nx\n\nTask: y' };
    const asked = Array.from({ length: 9 }, (_, seed) =>
      teacher.complete({ messages: [message], max_tokens: 9, temperature: 0, seed }),
    );
    expect((await Promise.all(asked)).map(({ finish }) => finish)).toEqual(new Array(9).fill('stop'));
    expect(server!.mostAtOnce).toBe(2);
    expect(seen.map(({ body }) => body.seed).toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('says that nobody listens', async () => {
    const { url, close } = await startTeacherServer(() => 'good');
    await close();
    const error = await failure(run(url, 2, { retries: 0 }, { stop_after_failures: 1 }));
    expect(error.describe()).toMatch(/connection failed \(ECONNREFUSED\)/);
  });
});

describe('createCachedTeacher', () => {
  const request = {
    messages: [{ role: 'user' as const, content: 'x' }],
    max_tokens: 5,
    temperature: 0,
    seed: 1,
  };
  const counting = (): Teacher & { calls: number } => ({
    name: 'counting',
    hash: 'h',
    calls: 0,
    async complete() {
      this.calls++;
      return { text: `answer ${this.calls}`, finish: 'stop' };
    },
  });

  it('ignores broken entries and makes them again', async () => {
    const teacher = counting();
    await createCachedTeacher(teacher, cacheDirectory).complete(request);
    const [folder] = await readdir(cacheDirectory);
    const [name] = await readdir(join(cacheDirectory, folder!));
    const file = join(cacheDirectory, folder!, name!);
    const whole = await readFile(file, 'utf8');
    for (const broken of [
      '',
      '{',
      whole.slice(0, -20),
      whole.replace('answer 1', 'answer X'),
      'null',
      '[]',
    ]) {
      await writeFile(file, broken);
      const cached = createCachedTeacher(teacher, cacheDirectory);
      const before = teacher.calls;
      await cached.complete(request);
      expect(teacher.calls, broken).toBe(before + 1);
      expect((await cached.complete(request)).text).toBe(`answer ${before + 1}`);
      expect(cached.figures).toEqual({ cached: 1, called: 1 });
    }
  });

  it('tells requests and teachers apart, and makes one call for equal requests at the same time', async () => {
    const teacher = counting();
    const cached = createCachedTeacher(teacher, cacheDirectory);
    const [a, b] = await Promise.all([cached.complete(request), cached.complete({ ...request })]);
    expect([a, teacher.calls]).toEqual([b, 1]);
    await cached.complete({ ...request, seed: 2 });
    await createCachedTeacher({ ...counting(), hash: 'other' }, cacheDirectory).complete(request);
    expect(teacher.calls).toBe(2);
    expect(await cached.has(request)).toBe(true);
    expect(await cached.has({ ...request, temperature: 1 })).toBe(false);
  });
});

describe('estimateTeacherCost', () => {
  it('counts calls, tokens, time and cost, without what is answered already', async () => {
    const { url, seen } = await start(() => 'good');
    const price = { input: 1, output: 4 };
    const settings = settingsOf(url, { concurrency: 2, seconds_per_call: 3 }, { price });
    const teacher = createOpenAiTeacher(settings, environment);
    const passages = portPassages(6);
    const before = await estimateTeacherCost(passages, settings);
    expect(before).toMatchObject({ calls: 12, cachedCalls: 0, seconds: 18 });
    expect(before.cost).toBeCloseTo((before.promptTokens + 4 * before.completionTokens) / 1e6, 12);
    expect(seen.length).toBe(0);
    await makeTeacherPairs(passages.slice(0, 2), teacher, settings, { seed: 1, cacheDirectory });
    const characters = seen.map(({ body }) =>
      body.messages.reduce((sum, { content }) => sum + content.length, 0),
    );
    const after = await estimateTeacherCost(passages, settings, { seed: 1, teacher, cacheDirectory });
    expect(after).toMatchObject({ calls: 12, cachedCalls: 4, seconds: 12 });
    expect(after.promptTokens / 8).toBeGreaterThan(Math.min(...characters) / 4 - 30);
    expect(after.promptTokens / 8).toBeLessThan(Math.max(...characters) / 4 + 30);
    const slow = settingsOf(url, { requests_per_minute: 6 });
    expect((await estimateTeacherCost(passages, slow)).seconds).toBe(120);
  });
});

describe('readTeacherReply', () => {
  it.each([
    ['{"question": "Q", "answer": "A", "quote": "T"}', { question: 'Q', answer: 'A', quote: 'T' }],
    ['Well: {"note": 1} {"Question": "Q", "Answer": 5}', { question: 'Q', answer: '5', quote: '' }],
    [
      '{"question": "Q", "answer": {"a": 1}, "quote": "two\nlines",}',
      { question: 'Q', answer: '{"a": 1}', quote: 'two\nlines' },
    ],
    [
      '{"question": "Is } here?", "answer": "\\"yes\\"", "quote": "{"}',
      { question: 'Is } here?', answer: '"yes"', quote: '{' },
    ],
  ])('reads %s', (text, reply) => {
    expect(readTeacherReply(text)).toEqual(reply);
  });

  it.each([
    '',
    'no',
    '{',
    '{"question": "Q"}',
    '[]',
    '{"question": null, "answer": "A"}',
    '{"answer": '.repeat(5000),
  ])('reads nothing from %.30s', (text) => {
    expect(readTeacherReply(text)).toBeUndefined();
  });
});
