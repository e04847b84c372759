/**
 * Lists of turns as a conversation, in the spellings of OpenAI, ShareGPT and their kin.
 * @module
 */
import type { Message } from '../../example.js';
import { type Field, RecordFlaw, requireText } from './record-fields.js';

/** Who speaks, by the names that data sets use. */
const roles = new Map<string, Message['role'] | 'tool'>([
  ...['system', 'developer'].map((name) => [name, 'system'] as const),
  ...['user', 'human', 'prompter', 'question'].map((name) => [name, 'user'] as const),
  ...['assistant', 'gpt', 'chatgpt', 'bing', 'bard', 'model', 'bot', 'ai', 'answer'].map(
    (name) => [name, 'assistant'] as const,
  ),
  ...[
    'tool',
    'function',
    'function_call',
    'function_response',
    'observation',
    'ipython',
    'tool_response',
  ].map((name) => [name, 'tool'] as const),
]);

/** Kinds of content parts that are texts. */
const textParts: readonly unknown[] = ['text', 'input_text', 'output_text', undefined];

/**
 * Turns as messages, in any order.
 *
 * @throws {RecordFlaw} that names the turn when one is no text of system, user or assistant
 */
export function readTurns({ name, value }: Field): Message[] {
  const turns = typeof value === 'string' ? parseTurns(name, value) : value;
  if (!Array.isArray(turns) || turns.length === 0) {
    throw new RecordFlaw({
      message: `\`${name}\` has to be a list of turns`,
      field: name,
      fix: 'write `[{"role": "user", "content": "..."}, {"role": "assistant", "content": "..."}]`',
    });
  }
  return turns.map((turn: unknown, index) => readTurn(turn, `${name}[${index}]`));
}

function parseTurns(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RecordFlaw({
      message: `\`${name}\` is a text that is no JSON list of turns`,
      field: name,
      fix: 'write the list as JSON, with double quotes (in Python: json.dumps)',
    });
  }
}

function readTurn(value: unknown, place: string): Message {
  const turn = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const roleName = turn.role === undefined ? 'from' : 'role';
  const written = turn[roleName];
  const role = typeof written === 'string' ? roles.get(written.trim().toLowerCase()) : undefined;
  if (role === undefined) {
    const field = written === undefined ? `${place}.role` : `${place}.${roleName}`;
    throw new RecordFlaw({
      message: written === undefined ? `\`${field}\` is missing` : `unknown role ${JSON.stringify(written)}`,
      field,
      fix: 'use system, user or assistant',
    });
  }
  const call = ['tool_calls', 'function_call'].find((key) => !isNothing(turn[key]));
  if (role === 'tool' || call) {
    throw new RecordFlaw({
      message: `a turn ${call ? 'calls' : 'answers for'} a tool, and tools cannot be learned yet`,
      field: call ? `${place}.${call}` : `${place}.${roleName}`,
      fix: 'remove the record, or write the conversation without its tool turns',
    });
  }
  if (role === 'assistant' && turn.weight === 0) {
    throw new RecordFlaw({
      message: 'an answer has weight 0, and answers cannot be left out of learning one by one',
      field: `${place}.weight`,
      fix: 'end the conversation before this answer, or remove `weight` to learn it',
    });
  }
  const contentName = ['content', 'value', 'text'].find((key) => !isNothing(turn[key])) ?? 'content';
  return { role, content: readContent({ name: `${place}.${contentName}`, value: turn[contentName] }) };
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** A text, or a list of parts of which all are texts; they are joined by line breaks. */
function readContent({ name, value }: Field): string {
  if (!Array.isArray(value)) return requireText({ name, value });
  const parts = value.map((part: unknown, index): string => {
    if (typeof part === 'string') return part;
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    if (!textParts.includes(type)) {
      throw new RecordFlaw({
        message: `a part of a turn is of type ${JSON.stringify(type)}, and only text can be learned`,
        field: `${name}[${index}].type`,
        fix: 'remove the record, or the part if the text stands without it',
      });
    }
    return requireText({ name: `${name}[${index}].text`, value: text });
  });
  return requireText({ name, value: parts.join('\n') });
}

/**
 * The conversation, if its turns are in order: an optional system turn, then user and assistant in turns, an answer last.
 *
 * @param system system text that stands beside the turns; one among the turns goes before it
 */
export function readConversation(messages: Message[], field: string, system?: string): Message[] {
  const first = messages[0]?.role === 'system' ? 1 : 0;
  messages.forEach(({ role }, index) => {
    const expected = index < first ? 'system' : (index - first) % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) {
      throw new RecordFlaw({
        message: `a turn of ${expected} is expected here, not one of ${role}`,
        field: `${field}[${index}].role`,
        fix: 'write an optional system turn, then user and assistant in turns',
      });
    }
  });
  if (messages.at(-1)?.role !== 'assistant') {
    throw new RecordFlaw({
      message: 'the conversation does not end with an answer',
      field,
      fix: 'end it with an assistant turn',
    });
  }
  return system !== undefined && first === 0 ? [{ role: 'system', content: system }, ...messages] : messages;
}

/**
 * A dialogue in one text, as in Anthropic's helpfulness data: `\n\nHuman: ...\n\nAssistant: ...`.
 * `undefined` where the text is none; an empty last turn (a prompt that ends with `Assistant:`) is left out.
 */
export function readDialogue(text: string): Message[] | undefined {
  if (!/^\s{0,8}Human:/.test(text)) return undefined;
  const parts = `\n\n${text.trimStart()}`.split(/\n\n(Human|Assistant):/);
  const messages: Message[] = [];
  for (let index = 1; index < parts.length; index += 2) {
    const content = parts[index + 1]!.trim();
    const role = parts[index] === 'Human' ? 'user' : 'assistant';
    if (content === '' && index + 2 >= parts.length) continue;
    messages.push({ role, content: requireText({ name: `${parts[index]} turn`, value: content }) });
  }
  return messages;
}
