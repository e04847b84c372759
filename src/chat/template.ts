/**
 * Messages to text with the model's own Jinja chat template.
 * @module
 */
import { Template } from '@huggingface/jinja';
import type { Message } from '../data/example.js';
import { AttuneError } from '../errors.js';
import { hashJson } from '../files.js';
import type { Model } from '../model/model.js';
import type { Tokenizer } from '../model/tokenizer.js';
import { formatFixedDate } from './fixed-date.js';

/** How conversations of one model are written. */
export interface ChatFormat {
  /**
   * The conversation as text.
   *
   * @param options.addGenerationPrompt ends with the beginning of an assistant turn, as before generation
   * @throws {AttuneError} when the model has no template or the template refuses the conversation
   */
  render(messages: readonly Message[], options: { addGenerationPrompt: boolean }): string;
  /** Jinja source, to be stored beside what is trained with it; absent when the model has none. */
  readonly template?: string;
  /** Hex digest of the template and of all that it writes by itself. */
  readonly hash: string;
  /** Tokens that end an answer: the end-of-sequence tokens of the configuration and the template's end of turn. */
  readonly stopTokenIds: number[];
  /** What the template writes behind an answer up to and including its end-of-turn token; absent when it writes none. */
  readonly endOfTurn?: string;
  /** How plain text is framed: ids before it, as the tokenizer itself would add them, and the id behind it. */
  readonly document: { readonly prefix: readonly number[]; readonly end?: number };
}

/** What a chat format is made from: a model, or what a file says of one. */
export interface ChatFormatSource extends Pick<Model, 'chatTemplate'> {
  tokenizer: TemplateTokenizer;
  config: Pick<Model['config'], 'eosTokenIds'>;
}

/** What a template has to know of a tokenizer. */
type TemplateTokenizer = Pick<Tokenizer, 'bosToken' | 'eosToken' | 'tokenToId' | 'toJSON'>;

/** Stands for an answer when the template is asked where it puts one; no text that people write holds it. */
export const answerProbe = 'attune:answer:7c1f4e9b2d:probe';

const chatmlTokens = ['<|im_start|>', '<|im_end|>'];
const chatml =
  "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/**
 * The chat format of a model: its own template, or ChatML when it has none but its tokenizer knows
 * `<|im_start|>` and `<|im_end|>` (base models whose instruct versions use them). A model with neither can still
 * be trained on plain text: only rendering messages is an error then.
 *
 * `strftime_now` gives a fixed date (26 Jul 2024, which Llama 3's template writes when there is no clock):
 * otherwise the same recipe would make other tokens tomorrow.
 *
 * @throws {AttuneError} when the template is no valid Jinja or cannot render one question and its answer
 */
export function createChatFormat(model: ChatFormatSource): ChatFormat {
  const { tokenizer, config } = model;
  const definition = parseDefinition(tokenizer);
  const source =
    model.chatTemplate ??
    (chatmlTokens.every((token) => tokenizer.tokenToId(token) !== undefined) ? chatml : undefined);
  const render = source === undefined ? refuse : renderer(source, tokenizer);
  const endOfTurn = source === undefined ? undefined : findEndOfTurn(render, definition.special);
  const end =
    (tokenizer.eosToken === undefined ? undefined : tokenizer.tokenToId(tokenizer.eosToken)) ??
    config.eosTokenIds[0];
  return {
    render,
    template: source,
    hash: hashJson([source ?? null, tokenizer.bosToken ?? null, tokenizer.eosToken ?? null]),
    stopTokenIds: [...new Set([...config.eosTokenIds, ...(endOfTurn ? [endOfTurn.id] : [])])],
    endOfTurn: endOfTurn?.text,
    document: { prefix: definition.prefix, end },
  };
}

type Render = ChatFormat['render'];

const refuse: Render = () => {
  throw new AttuneError('the model has no chat template', {
    field: 'chat_template',
    fix: 'take the instruct version of the model, or put a chat_template.jinja into its folder; examples with `text` need none',
  });
};

function renderer(source: string, tokenizer: TemplateTokenizer): Render {
  let template: Template;
  try {
    template = new Template(source);
    // The library sets its own clock before the template runs; only the template itself can replace it.
    template.parsed.body.unshift(...new Template('{% set strftime_now = fixed_date %}').parsed.body);
  } catch (error) {
    throw new AttuneError(`the chat template cannot be read: ${(error as Error).message}`, {
      field: 'chat_template',
      cause: error,
    });
  }
  return (messages, { addGenerationPrompt }) => {
    try {
      return template.render({
        messages: messages.map(({ role, content }) => ({ role, content })),
        add_generation_prompt: addGenerationPrompt,
        bos_token: tokenizer.bosToken ?? '',
        eos_token: tokenizer.eosToken ?? '',
        fixed_date: formatFixedDate,
      });
    } catch (error) {
      const roles = messages.map(({ role }) => role).join(', ');
      throw new AttuneError(`the chat template refuses this conversation: ${(error as Error).message}`, {
        field: 'chat_template',
        fix: `write the conversation as the model expects it; its roles are: ${roles}`,
        cause: error,
      });
    }
  };
}

/** What of a `tokenizer.json` the interface of {@link Tokenizer} does not tell. */
interface Definition {
  special: { id: number; content: string }[];
  /** Ids that the post-processor puts before a text. */
  prefix: number[];
}

interface PostProcessor {
  type: string;
  processors?: PostProcessor[];
  single?: { SpecialToken?: { id: string }; Sequence?: unknown }[];
  special_tokens?: Record<string, { ids: number[] }>;
}

function parseDefinition(tokenizer: TemplateTokenizer): Definition {
  const { added_tokens: added = [], post_processor: processor } = JSON.parse(tokenizer.toJSON()) as {
    added_tokens?: { id: number; content: string; special: boolean }[];
    post_processor?: PostProcessor | null;
  };
  const template = [processor, ...(processor?.processors ?? [])].find(
    (p) => p?.type === 'TemplateProcessing',
  );
  const pieces = template?.single ?? [];
  const before = pieces.slice(
    0,
    pieces.findIndex((piece) => piece.Sequence),
  );
  return {
    special: added.filter((token) => token.special),
    prefix: before.flatMap((piece) => template?.special_tokens?.[piece.SpecialToken!.id]?.ids ?? []),
  };
}

/** The first special token behind an answer. Found by rendering one, so it holds for any template. */
function findEndOfTurn(
  render: Render,
  special: Definition['special'],
): { text: string; id: number } | undefined {
  const messages: Message[] = [
    { role: 'user', content: 'question' },
    { role: 'assistant', content: answerProbe },
  ];
  const rendered = render(messages, { addGenerationPrompt: false });
  const at = rendered.indexOf(answerProbe);
  if (at < 0) {
    throw new AttuneError('the chat template leaves the answer out', { field: 'chat_template' });
  }
  const tail = rendered.slice(at + answerProbe.length);
  let first: { at: number; id: number; content: string } | undefined;
  for (const { id, content } of special) {
    const found = content === '' ? -1 : tail.indexOf(content);
    if (found < 0 || (first && found > first.at)) continue;
    // Of two tokens that begin at the same place the tokenizer takes the longer one.
    if (!first || found < first.at || content.length > first.content.length) {
      first = { at: found, id, content };
    }
  }
  return first && { text: tail.slice(0, first.at + first.content.length), id: first.id };
}
