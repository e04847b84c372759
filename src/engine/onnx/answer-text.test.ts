import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openModel } from '../../model/open.js';
import { writeTinyModel } from '../../model/tiny-model.fixture.js';
import type { Tokenizer } from '../../model/tokenizer.js';
import { AnswerText } from './answer-text.js';

let directory: string;
let tokenizer: Tokenizer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-answer-text-'));
  await writeTinyModel(directory);
  tokenizer = (await openModel(directory)).tokenizer;
});
afterAll(() => rm(directory, { recursive: true }));

const encode = async (text: string): Promise<number[]> => (await tokenizer.encode(text)).ids;

describe('AnswerText', () => {
  it('ends before the first stop text, with the token that completes one', async () => {
    const ids = await encode('one\nQ: two. three');
    for (const chunk of [1, 3, 100]) {
      const answer = new AnswerText(tokenizer, ['. ', '\nQ:', '']);
      const ended: boolean[] = [];
      for (let i = 0; i < ids.length && !ended.at(-1); i += chunk)
        ended.push(answer.add(ids.slice(i, i + chunk)));
      expect(ended.at(-1)).toBe(true);
      expect(answer.text).toBe('one');
      expect(answer.tokens).toEqual(await encode('one\nQ:'));
    }
  });

  it('is the whole where no stop text comes', async () => {
    const answer = new AnswerText(tokenizer, ['###']);
    expect(answer.add(await encode('## # is not it'))).toBe(false);
    expect(answer.text).toBe('## # is not it');
    const free = new AnswerText(tokenizer);
    expect(free.add(await encode('anything<|im_end|>'))).toBe(false);
    expect(free.text).toBe('anything');
  });
});
