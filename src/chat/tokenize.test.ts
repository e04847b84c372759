import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { example, tinyFormat, tinyTokenizer, turns } from './chat.fixture.js';
import { encodePrompt, type TokenizedExample, tokenizeExample } from './tokenize.js';

const tokenizer = tinyTokenizer();
const format = tinyFormat();

/** The supervised runs of tokens, as text. */
function supervisedTexts({ ids, lossMask }: TokenizedExample): string[] {
  const texts: string[] = [];
  for (let i = 0; i < ids.length; ) {
    let end = i;
    while (lossMask[end]) end++;
    if (end > i) texts.push(tokenizer.decode([...ids.subarray(i, end)]));
    i = Math.max(end, i + 1);
  }
  return texts;
}

const content = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', ' ', '\n', ' the user', '\n\nassistant', '€ 1,234 · 😀é', 'What is the share?'),
);
/** What the template and the tokenizer leave exactly as it is. */
const contents = fc
  .array(content, { minLength: 2, maxLength: 6 })
  .map((all) => (all.length % 2 ? all.slice(1) : all))
  .filter((all) => all.every((text) => !text.includes('<|')));

describe('tokenizeExample', () => {
  it('supervises each answer with its end of turn, and nothing else, in any conversation', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.option(content, { nil: undefined }), async (all, system) => {
        fc.pre(!system?.includes('<|'));
        const messages = turns(all, system);
        const result = await tokenizeExample(example('e', { messages }), format, tokenizer);
        const answers = messages
          .filter(({ role }) => role === 'assistant')
          .map((m) => `${m.content}<|im_end|>`);
        expect(supervisedTexts(result)).toEqual(answers);
        for (const [i, { role }] of messages.entries()) {
          if (role !== 'assistant') continue;
          const prompt = await encodePrompt(messages.slice(0, i), format, tokenizer);
          expect([...result.ids.subarray(0, prompt.length)]).toEqual(prompt);
          expect(result.lossMask[prompt.length - 1]).toBe(0);
          expect(result.lossMask[prompt.length]).toBe(1);
        }
        expect(tokenizer.decode([...result.ids])).toBe(
          format.render(messages, { addGenerationPrompt: false }).replace(/\n$/, ''),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('supervises the last answer only when asked to', async () => {
    const messages = turns(['a', 'first', 'b', 'second']);
    const result = await tokenizeExample(example('e', { messages }), format, tokenizer, {
      train_on: 'last_answer',
    });
    expect(supervisedTexts(result)).toEqual(['second<|im_end|>']);
  });

  it('supervises every token of a text but the first, and an end', async () => {
    const { ids, lossMask } = await tokenizeExample(example('e', { text: 'the user' }), format, tokenizer);
    expect(tokenizer.decode([...ids])).toBe('the user<|im_end|>');
    expect([...lossMask]).toEqual([0, ...Array(ids.length - 1).fill(1)]);
    await expect(tokenizeExample(example('e', { text: '' }), format, tokenizer)).rejects.toThrow(/is empty/);
  });

  describe('when prompt and answer would grow together to one token', () => {
    const joining = tinyFormat(
      "{% for m in messages %}<|im_start|>{{ 't' if m.role == 'assistant' else 'u' }}{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>t{% endif %}",
    );

    it('encodes the prompt as in use and the answer after it', async () => {
      const messages = turns(['Hi', 'he is']);
      const whole = await tokenizer.encode(joining.render(messages, { addGenerationPrompt: false }));
      const prompt = await encodePrompt(messages.slice(0, 1), joining, tokenizer);
      expect(whole.ids.slice(0, prompt.length)).not.toEqual(prompt);

      const result = await tokenizeExample(example('e', { messages }), joining, tokenizer);
      expect([...result.ids.subarray(0, prompt.length)]).toEqual(prompt);
      expect(supervisedTexts(result)).toEqual(['he is<|im_end|>']);
    });

    it('refuses an earlier answer for which prompt and history cannot both be as in use', async () => {
      const messages = turns(['Hi', 'he is', 'Yo', 'x']);
      const attempt = tokenizeExample(example('e7', { messages }), joining, tokenizer);
      await expect(attempt).rejects.toThrow(/example e7: .*prompt of answer 1/);
      const last = await tokenizeExample(example('e7', { messages }), joining, tokenizer, {
        train_on: 'last_answer',
      });
      expect(supervisedTexts(last)).toEqual(['x<|im_end|>']);
    });
  });

  it('refuses a prompt that ends inside a token when the tokenizer cannot write the rest apart', async () => {
    // As SentencePiece models with a prefix before every text do.
    const prefixing = tinyTokenizer({ normalizer: { type: 'Prepend', prepend: '_' } });
    const joined = tinyFormat(
      '{% for m in messages %}<|im_start|>{{ m.role[0] + m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>a{% endif %}',
      prefixing,
    );
    const apart = example('e', { messages: turns(['Hi', 'yes']) });
    expect(supervisedTexts(await tokenizeExample(apart, joined, prefixing))).toEqual(['yes<|im_end|>']);
    const inside = example('e', { messages: turns(['Hi', 'ssistant']) });
    await expect(tokenizeExample(inside, joined, prefixing)).rejects.toThrow(
      /the prompt ends inside a token/,
    );
  });

  it('refuses conversations without an answer at the end, and answers that hold the end of turn', async () => {
    const unanswered = example('e1', { messages: turns(['a', 'b', 'c']) });
    await expect(tokenizeExample(unanswered, format, tokenizer)).rejects.toThrow(/e1.*end with an answer/);
    const marked = example('e2', { messages: turns(['a', 'b<|im_end|>']) });
    await expect(tokenizeExample(marked, format, tokenizer)).rejects.toThrow(/e2.*holds the end-of-turn/);
  });
});

describe('templates that are not a plain sequence of turns', () => {
  /** Qwen 3's way: earlier answers lose their thinking, the last one always shows a thinking block. */
  const thinking = tinyFormat(
    [
      "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' }}",
      "{% set text = m.content.split('</think>')[-1] | trim %}",
      "{% if m.role == 'assistant' and loop.last %}{{ '<think>\n\n</think>\n\n' }}{% endif %}",
      "{{ text + '<|im_end|>\n' }}{% endfor %}",
      "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    ].join(''),
  );

  it('supervises what the template itself writes between prompt and answer', async () => {
    const messages = turns(['q', ' one ', 'r', '<think>hm</think>two']);
    const result = await tokenizeExample(example('e', { messages }), thinking, tokenizer);
    expect(supervisedTexts(result)).toEqual(['one<|im_end|>', '<think>\n\n</think>\n\ntwo<|im_end|>']);
  });

  const problems: [string, string, RegExp][] = [
    [
      'a generation prompt that the rendered answer does not continue',
      '{% for m in messages %}{{ m.role + m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}assistant<think>{% endif %}',
      /message 2 differently in the prompt/,
    ],
    [
      'surroundings that depend on the answer',
      '{% for m in messages %}{{ m.role + (m.content | length | string) + m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}assistant{% endif %}',
      /depends on the answer's text/,
    ],
    [
      'an answer written twice',
      '{% for m in messages %}{{ m.role + m.content + m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}assistant{% endif %}',
      /depends on the answer's text/,
    ],
    [
      'no end of turn',
      '{% for m in messages %}{{ m.role + m.content }};{% endfor %}{% if add_generation_prompt %}assistant{% endif %}',
      /would never learn to stop/,
    ],
    [
      'an end of turn that only the first answer has',
      '{% for m in messages %}{{ m.role + m.content }}{% if loop.index < 3 %}<|im_end|>{% endif %}{% endfor %}{% if add_generation_prompt %}assistant{% endif %}',
      /does not end the answer in message 4/,
    ],
    [
      'a system text that moves to the last question',
      '{% for m in messages %}{{ m.role }}{% if loop.revindex <= 2 %}SYS{% endif %}{{ m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}assistant{% endif %}',
      /message \d differently/,
    ],
  ];
  it.each(problems)('refuses %s', async (_name, template, message) => {
    const messages = turns(['question', 'longer answer', 'again', 'more']);
    const attempt = tokenizeExample(example('e', { messages }), tinyFormat(template), tokenizer);
    await expect(attempt).rejects.toThrow(message);
  });
});
