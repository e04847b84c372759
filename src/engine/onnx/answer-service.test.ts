import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { writeTinyModel } from '../../model/tiny-model.fixture.js';
import { type AnswerRequest, AnswerService } from './answer-service.js';
import { loadBaseWeights } from './base-weights.js';
import { Generator } from './generator.js';
import { RunningBatch } from './running-batch.js';

let directory: string;
let model: Model;
let generator: Generator;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-service-'));
  await writeTinyModel(directory, { initializer_range: 0.3 });
  model = await openModel(directory);
  const base = await loadBaseWeights(model, 'float32');
  generator = new Generator({ config: model.config, base, parameters: [], values: new Map(), threads: 1 });
});
afterAll(async () => {
  await generator.close();
  await rm(directory, { recursive: true });
});

/** A service in this thread, and how many steps it took. */
function open(places = 3): { service: AnswerService; steps: () => number } {
  const batch = new RunningBatch(generator, { places, keyValueBytes: 1e9 });
  let steps = 0;
  const service = new AnswerService((requests, cancelled) => {
    steps++;
    return batch.advance(requests, cancelled);
  }, model.tokenizer);
  return { service, steps: () => steps };
}

async function request(text: string, more: Partial<AnswerRequest> = {}): Promise<AnswerRequest> {
  const { ids } = await model.tokenizer.encode(text);
  const settings = { maxNewTokens: 30, stopTokenIds: [], temperature: 0, topP: 1, topK: 0, seed: 1 };
  return { ids, stream: text, settings, ...more };
}

const texts = ['Sales were 12', 'Sales were 13 and', 'the', 'Costs | 4 | 5', 'What is'];

describe('a service', () => {
  it('tells each answer as it grows, the pieces making its text', async () => {
    const { service } = open();
    const free = await Promise.all(texts.map(async (text) => service.ask(await request(text))));
    for (const stop of [undefined, [free[0]!.text.slice(9, 12), 'no such text']]) {
      const pieces = texts.map((): string[] => []);
      const answers = await Promise.all(
        texts.map(async (text, i) =>
          service.ask(await request(text, { stop }), { onText: (piece) => pieces[i]!.push(piece) }),
        ),
      );
      expect(pieces.map((one) => one.join(''))).toEqual(answers.map(({ text }) => text));
      for (const one of pieces) expect(one).not.toContain('');
      expect(Math.max(...pieces.map((one) => one.length))).toBeGreaterThan(3);
      for (const [i, { text }] of answers.entries()) {
        const end = stop ? free[i]!.text.indexOf(stop[0]!) : -1;
        expect(text).toBe(end < 0 ? free[i]!.text : free[i]!.text.slice(0, end));
      }
    }
  });

  it('takes requests while others grow', async () => {
    const { service } = open();
    const alone = await open(1).service.ask(await request(texts[1]!));
    const later = await request(texts[1]!);
    const answers: Promise<unknown>[] = [];
    const first = service.ask(await request(texts[0]!), {
      onText: () => {
        if (answers.length < 4) answers.push(service.ask(later));
      },
    });
    await first;
    expect(answers).toHaveLength(4);
    for (const answer of answers) expect(await answer).toEqual(alone);
  });

  it('gives up one request and answers the others', async () => {
    const { service } = open();
    const controller = new AbortController();
    const given = service.ask(await request(texts[0]!), {
      signal: controller.signal,
      onText: () => controller.abort(new Error('enough')),
    });
    const other = service.ask(await request(texts[3]!));
    await expect(given).rejects.toThrow('enough');
    expect((await other).newTokens).toBe(30);
    await expect(
      service.ask(await request(texts[0]!), { signal: AbortSignal.abort(new Error('before')) }),
    ).rejects.toThrow('before');
  });

  it('stops working when nothing is asked, and begins again', async () => {
    const { service, steps } = open();
    await service.ask(await request(texts[2]!));
    await service.idle();
    const before = steps();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(steps()).toBe(before);
    expect((await service.ask(await request(texts[2]!))).newTokens).toBe(30);
  });

  it('fails what is open when the work fails, and answers what comes later', async () => {
    const batch = new RunningBatch(generator, { places: 2, keyValueBytes: 1e9 });
    let broken = true;
    const service = new AnswerService(
      (requests, cancelled) =>
        broken ? Promise.reject(new Error('the worker stopped')) : batch.advance(requests, cancelled),
      model.tokenizer,
    );
    const requests = await Promise.all(['a', 'b'].map((text) => request(text)));
    const failed = await Promise.allSettled(requests.map((one) => service.ask(one)));
    const reason = new Error('the worker stopped');
    expect(failed).toEqual(requests.map(() => ({ status: 'rejected', reason })));
    broken = false;
    expect((await service.ask(await request('a'))).newTokens).toBe(30);
  });
});
