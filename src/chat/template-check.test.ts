import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Example, Message } from '../data/example.js';
import { loadModel } from '../model/load.js';
import { tinyChatTemplate, writeTinyModel } from '../model/tiny-model.fixture.js';
import { type ChatFormatSource, createChatFormat } from './template.js';
import { checkSamePrompts } from './template-check.js';
import { encodePrompt, tokenizeExamples } from './tokenize.js';

let folder: string;
let model: Awaited<ReturnType<typeof loadModel>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-template-'));
  await writeTinyModel(folder);
  model = await loadModel(folder);
});
afterAll(() => rm(folder, { recursive: true }));

const names = { training: 'runs/a', other: 'model.gguf' };
const formatOf = (chatTemplate: string) => createChatFormat({ ...(model as ChatFormatSource), chatTemplate });

describe('checkSamePrompts', () => {
  it('accepts templates that write the same in other ways', () => {
    const same = tinyChatTemplate.replaceAll("message['role']", 'message.role');
    expect(same).not.toBe(tinyChatTemplate);
    checkSamePrompts(formatOf(tinyChatTemplate), formatOf(same), [], names);
  });

  it.each<[string, string, string, RegExp]>([
    ['default system text', 'You are a tiny model.', 'You are a big model.', /from byte 29 on .*a big model/],
    ['line break after a turn', "'<|im_end|>' + '\n'", "'<|im_end|>'", /from byte \d+ on/],
    ['beginning of the answer', '<|im_start|>assistant\n', '<|im_start|>model\n', /<\|im_start\|>model/],
    ['trimmed content', "message['content']", "(message['content'] | trim)", /conversation: user\)/],
    [
      'a refusal',
      '{% if add_',
      "{{ raise_exception('no') if messages | length > 2 }}{% if add_",
      /refuses it/,
    ],
  ])('finds a difference in: %s', (_what, from, to, message) => {
    const changed = tinyChatTemplate.replace(from, to);
    expect(changed).not.toBe(tinyChatTemplate);
    expect(() => checkSamePrompts(formatOf(tinyChatTemplate), formatOf(changed), [], names)).toThrow(message);
  });

  it('finds a difference that only the given conversations show, in bytes', () => {
    const changed = tinyChatTemplate.replace(
      "message['content']",
      "(message['content'] | replace('Umsatz', 'Erlös'))",
    );
    const items: Message[][] = [[{ role: 'user', content: 'Größe und Umsatz?' }]];
    checkSamePrompts(formatOf(tinyChatTemplate), formatOf(changed), [], names);
    let message = '';
    try {
      checkSamePrompts(formatOf(tinyChatTemplate), formatOf(changed), items, names);
    } catch (error) {
      message = (error as Error).message;
    }
    const before = formatOf(tinyChatTemplate).render(items[0]!, { addGenerationPrompt: true });
    expect(message).toContain(`from byte ${Buffer.byteLength(before.slice(0, before.indexOf('Umsatz')))} on`);
    expect(message).toContain('model.gguf would be asked in other words than runs/a');
  });
});

describe('the prompt of an item', () => {
  it('is what the row of the same example begins with, byte for byte and token for token', async () => {
    const format = createChatFormat(model);
    const examples: Pick<Example, 'id' | 'messages'>[] = [
      [{ role: 'user' as const, content: 'What is the user?' }],
      [
        { role: 'system' as const, content: 'the system text' },
        { role: 'user' as const, content: ' 1,496.5 in 2021\n' },
      ],
      [
        { role: 'user' as const, content: 'Grüße 😀' },
        { role: 'assistant' as const, content: 'the' },
        { role: 'user' as const, content: '日本 <|im_start|>' },
      ],
    ].map((prompt, i) => ({
      id: `e${i}`,
      messages: [...prompt, { role: 'assistant' as const, content: i === 1 ? '\n12' : 'of a system' }],
    }));
    const rows = await tokenizeExamples(examples, format, model.tokenizer, { train_on: 'last_answer' });
    for (const [i, { messages }] of examples.entries()) {
      const asked = messages!.slice(0, -1);
      const prompt = await encodePrompt(asked, format, model.tokenizer);
      const { ids, lossMask } = rows[i]!;
      const first = lossMask.indexOf(1);
      expect(first).toBeGreaterThan(0);
      expect([...ids.slice(0, first)], `e${i}`).toEqual(prompt);
      const text = model.tokenizer.decode([...ids.slice(0, first)]);
      expect(text).toBe(format.render(asked, { addGenerationPrompt: true }));
    }
  });
});
