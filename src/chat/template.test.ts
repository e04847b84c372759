import { describe, expect, it } from 'vitest';
import { AttuneError } from '../errors.js';
import { tinyFormat, tinyTokenizer, turns } from './chat.fixture.js';
import { formatFixedDate } from './fixed-date.js';

describe('createChatFormat', () => {
  it("renders with the model's template, default system message and generation prompt included", () => {
    const format = tinyFormat();
    expect(format.render(turns(['Hi']), { addGenerationPrompt: true })).toBe(
      '<|im_start|>system\nYou are a tiny model.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(format.render(turns(['Hi', 'Yo'], 'S'), { addGenerationPrompt: false })).toBe(
      '<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYo<|im_end|>\n',
    );
    expect(format.endOfTurn).toBe('<|im_end|>');
    expect(format.stopTokenIds).toEqual([2]);
  });

  it('takes the end of turn from the template when it is another token than the end of sequence', () => {
    const format = tinyFormat(
      "{% for m in messages %}{{ m.role + ': ' + m.content }} <|endoftext|>{{ eos_token }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}",
    );
    expect(format.endOfTurn).toBe(' <|endoftext|>');
    expect(format.stopTokenIds).toEqual([2, 0]);
  });

  it('falls back to ChatML when the tokenizer has its tokens', () => {
    const format = tinyFormat(null);
    expect(format.render(turns(['Hi']), { addGenerationPrompt: true })).toBe(
      '<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n',
    );
    expect(format.template).toContain('<|im_start|>');
    expect(format.hash).not.toBe(tinyFormat().hash);
  });

  it('lets a model without a template train on text and says what to do about messages', () => {
    const tokenizer = {
      ...tinyTokenizer(),
      tokenToId: (token: string) => (token === '<|im_end|>' ? 2 : undefined),
    };
    const format = tinyFormat(null, tokenizer);
    expect(format.document).toEqual({ prefix: [], end: 2 });
    expect(() => format.render(turns(['Hi']), { addGenerationPrompt: true })).toThrow(/has no chat template/);
  });

  it('names a template that is no Jinja, or that leaves the answer out', () => {
    expect(() => tinyFormat('{% for %}')).toThrow(/cannot be read/);
    expect(() => tinyFormat('{{ messages[0].content }}')).toThrow(/leaves the answer out/);
  });

  it("passes a template's own refusal on with the roles", () => {
    const format = tinyFormat(
      "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}",
    );
    let error: unknown;
    try {
      format.render(turns(['Hi', 'Yo'], 'S'), { addGenerationPrompt: false });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(AttuneError);
    expect((error as AttuneError).describe()).toMatch(
      /System role not supported[\s\S]*system, user, assistant/,
    );
  });

  it('gives templates a date that never changes', () => {
    const format = tinyFormat(
      "{{ strftime_now('%d %b %Y') }}{% for m in messages %}{{ m.content }}<|im_end|>{% endfor %}",
    );
    expect(format.render(turns(['Hi']), { addGenerationPrompt: false })).toBe('26 Jul 2024Hi<|im_end|>');
    expect(formatFixedDate('%A %Q 100%%')).toBe('Friday %Q 100%');
  });

  it("frames plain text as the tokenizer's own post-processor does", () => {
    const tokenizer = tinyTokenizer({
      post_processor: {
        type: 'Sequence',
        processors: [
          { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
          {
            type: 'TemplateProcessing',
            single: [
              { SpecialToken: { id: '<|im_start|>', type_id: 0 } },
              { Sequence: { id: 'A', type_id: 0 } },
            ],
            pair: [],
            special_tokens: { '<|im_start|>': { id: '<|im_start|>', ids: [1], tokens: ['<|im_start|>'] } },
          },
        ],
      },
    });
    expect(tinyFormat(undefined, tokenizer).document).toEqual({ prefix: [1], end: 2 });
  });
});
