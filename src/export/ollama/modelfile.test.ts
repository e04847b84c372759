import { describe, expect, it } from 'vitest';
import { type ChatFormatSource, createChatFormat } from '../../chat/template.js';
import type { ModelConfig } from '../../model/config.js';
import { createTokenizer } from '../../model/native-tokenizer.js';
import { tinyChatTemplate, tinyTokenizerJson } from '../../model/tiny-model.fixture.js';
import { renderGo } from './go-template.fixture.js';
import { goTemplate } from './go-template.js';
import { modelfile } from './modelfile.js';
import { probeConversations } from './turns.js';

/** Templates of models that people tune, shortened to what renders messages. */
const templates = {
  smollm2: tinyChatTemplate,
  chatml:
    "{% for m in messages %}{{'<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
  llama3:
    "{{ bos_token }}{% for m in messages %}{{ '<|start_header_id|>' + m['role'] + '<|end_header_id|>\n\n' + m['content'] | trim + '<|eot_id|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{% endif %}",
  llama2:
    "{% if messages[0]['role'] == 'system' %}{% set rest = messages[1:] %}{% set system = messages[0]['content'] %}{% else %}{% set rest = messages %}{% set system = false %}{% endif %}{% for m in rest %}{% if loop.index0 == 0 and system != false %}{% set content = '<<SYS>>\n' + system + '\n<</SYS>>\n\n' + m['content'] %}{% else %}{% set content = m['content'] %}{% endif %}{% if m['role'] == 'user' %}{{ bos_token + '[INST] ' + content + ' [/INST]' }}{% elif m['role'] == 'assistant' %}{{ ' ' + content + ' ' + eos_token }}{% endif %}{% endfor %}",
  zephyr:
    "{% for m in messages %}{% if m['role'] == 'user' %}{{ '<|user|>\n' + m['content'] + eos_token }}{% elif m['role'] == 'system' %}{{ '<|system|>\n' + m['content'] + eos_token }}{% elif m['role'] == 'assistant' %}{{ '<|assistant|>\n' + m['content'] + eos_token }}{% endif %}{% if loop.last and add_generation_prompt %}{{ '\n<|assistant|>' }}{% endif %}{{ '\n' if not loop.last }}{% endfor %}",
  gemma:
    "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for m in messages %}{% if m['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = m['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\n' + m['content'] | trim + '<end_of_turn>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<start_of_turn>model\n' }}{% endif %}",
  vicuna:
    "A chat.{{ ' ' }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content + '\n' }}{% elif m.role == 'user' %}{{ 'USER: ' + m.content + ' ' }}{% else %}{{ 'ASSISTANT: ' + m.content + eos_token }}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ 'ASSISTANT:' }}{% endif %}",
};

function source(chatTemplate: string | undefined, bos = '<|endoftext|>') {
  const specials = { bosToken: bos, eosToken: '<|im_end|>', padToken: '<|endoftext|>' };
  const tokenizer = createTokenizer(tinyTokenizerJson(), specials, 'tokenizer.json');
  return { tokenizer, config: { eosTokenIds: [2] } as ModelConfig, chatTemplate } satisfies ChatFormatSource;
}

describe('goTemplate', () => {
  it.each(Object.entries(templates))('renders what the template of %s renders', (name, template) => {
    const format = createChatFormat(source(template));
    const { text, takesSystem } = goTemplate(format);
    expect(takesSystem).toBe(name !== 'gemma');
    for (const messages of probeConversations(takesSystem)) {
      expect(renderGo(text, messages)).toBe(format.render(messages, { addGenerationPrompt: true }));
    }
  });

  it('leaves the beginning to Ollama where Ollama writes it, only at the beginning', () => {
    const format = createChatFormat(source(templates.llama2));
    const messages = probeConversations(true).find(({ length }) => length === 4)!;
    const rendered = format.render(messages, { addGenerationPrompt: true });
    expect(renderGo(goTemplate(format, '<|endoftext|>').text, messages)).toBe(
      rendered.slice('<|endoftext|>'.length),
    );
  });

  it.each([
    [
      'hides thinking of earlier turns',
      "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content.split('</think>')[-1] + '<|im_end|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}",
    ],
    [
      'counts its turns',
      "{% for m in messages %}{{ loop.index ~ m.role + m.content + '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}answer{% endif %}",
    ],
    [
      'says the last question twice',
      "{% for m in messages %}{{ m.role + m.content + '<|im_end|>' }}{% endfor %}{{ messages[-1].content }}{% if add_generation_prompt %}answer{% endif %}",
    ],
    ['none', undefined],
  ])('refuses a template that %s, and does not guess', (_what, template) => {
    const format = createChatFormat({
      ...source('x{{ messages[-1].content }}'),
      chatTemplate: template ?? templates.chatml,
    });
    const own = template === undefined ? { ...format, template: undefined } : format;
    expect(() => goTemplate(own)).toThrow(/cannot be written as an Ollama template/);
  });

  it('escapes what Go would read as a command', () => {
    const format = createChatFormat(
      source(
        "{% for m in messages %}{{ '{{ ' + m.role + ' }}' + m.content + '<|im_end|>' }}{% endfor %}{% if add_generation_prompt %}{{ '{{ answer }}' }}{% endif %}",
      ),
    );
    const [messages] = probeConversations(false);
    expect(renderGo(goTemplate(format).text, messages!)).toBe(
      format.render(messages!, { addGenerationPrompt: true }),
    );
  });
});

describe('modelfile', () => {
  it('holds file, template, system text, stop tokens, parameters, licence', () => {
    const text = modelfile(source(templates.chatml), {
      ggufFile: '/some/where/model-Q4_K_M.gguf',
      system: 'You are an analyst.\nAnswer shortly.',
      temperature: 0,
      contextLength: 2048,
      license: 'Apache License 2.0',
    });
    expect(text).toMatchInlineSnapshot(`
      "FROM ./model-Q4_K_M.gguf
      TEMPLATE """{{ range $i, $message := .Messages }}{{ if eq $message.Role "system" }}<|im_start|>system
      {{ $message.Content }}{{ end }}{{ if eq $message.Role "user" }}{{ if eq $i 0 }}<|im_start|>user
      {{ else if and (eq $i 1) $.System }}<|im_end|>
      <|im_start|>user
      {{ else }}<|im_start|>user
      {{ end }}{{ $message.Content }}<|im_end|>
      <|im_start|>assistant
      {{ else if eq $message.Role "assistant" }}{{ $message.Content }}<|im_end|>
      {{ end }}{{ end }}"""
      SYSTEM """You are an analyst.
      Answer shortly."""
      PARAMETER stop "<|im_end|>"
      PARAMETER temperature 0
      PARAMETER num_ctx 2048
      PARAMETER repeat_penalty 1
      LICENSE "Apache License 2.0"
      "
    `);
    expect(text).not.toContain('/some/where');
  });

  it('takes an adapter beside its base', () => {
    const text = modelfile(source(templates.chatml), { ggufFile: 'base.gguf', adapterFile: 'lora.gguf' });
    expect(text.split('\n').slice(0, 2)).toEqual(['FROM ./base.gguf', 'ADAPTER ./lora.gguf']);
  });

  it('refuses what a Modelfile cannot say', () => {
    const options = { ggufFile: 'model.gguf' };
    expect(() => modelfile(source(templates.chatml), { ...options, system: 'a """ b' })).toThrow(
      /quotation marks/,
    );
    expect(() => modelfile(source(templates.gemma), { ...options, system: 'a' })).toThrow(
      /no place for a system/,
    );
  });
});
