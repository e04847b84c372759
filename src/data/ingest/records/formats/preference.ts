/**
 * Pairs of a better and a worse answer, of which the better one is learned: TRL's forms with and without `prompt`
 * (https://huggingface.co/docs/trl/dataset_formats#preference), OpenAI's, LLaMA-Factory's with `conversations`, and whole
 * dialogues in one text as in HH-RLHF.
 * @module
 */
import type { Message } from '../../../example.js';
import { readConversation, readDialogue, readTurns } from '../conversation.js';
import { type Field, missing, type RecordFields, requireText } from '../record-fields.js';
import { type RecordFormat, systemField } from './format.js';

const chosenNames = ['chosen', 'preferred_output'];
const rejectedNames = ['rejected', 'non_preferred_output'];
const prompts = ['prompt', 'question', 'instruction', 'conversations', 'input'];

export const preferenceFormat: RecordFormat = {
  name: 'preference',
  fields: '`chosen` and `rejected` (with `prompt`)',
  needs: [
    { role: 'completion', names: chosenNames },
    // Nothing is read from it; it tells that `chosen` is one of two answers.
    { role: 'completion', names: rejectedNames },
  ],
  also: [{ role: 'prompt', names: prompts }, systemField],
  read(record) {
    const chosen = record.find(...chosenNames)!;
    const system = record.optionalText(...systemField.names);
    const answer = isTurn(chosen.value) ? [chosen.value] : chosen.value;
    const turns = Array.isArray(answer)
      ? joinTurns(readTurns({ ...chosen, value: answer }), promptTurns(record))
      : answerTurns(record, chosen, requireText(chosen));
    return { messages: readConversation(turns, chosen.name, system), unusedAnswers: 1 };
  },
};

const isTurn = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (Object.hasOwn(value, 'from') || Object.hasOwn(value, 'role'));

/** The prompt as turns: a list, a dialogue in one text, or one question; none where the record has no prompt. */
function promptTurns(record: RecordFields): Message[] {
  const prompt = record.find(...prompts);
  if (!prompt) return [];
  if (Array.isArray(prompt.value)) return readTurns(prompt);
  if (typeof prompt.value === 'object' && prompt.value !== null && 'messages' in prompt.value) {
    return readTurns({ name: `${prompt.name}.messages`, value: prompt.value.messages });
  }
  const text = requireText(prompt);
  return readDialogue(text) ?? [{ role: 'user', content: text }];
}

/** UltraFeedback repeats the prompt in `chosen`, TRL does not. */
function joinTurns(chosen: Message[], prompt: Message[]): Message[] {
  return chosen[0]!.role === 'assistant' ? [...prompt, ...chosen] : chosen;
}

function answerTurns(record: RecordFields, chosen: Field, text: string): Message[] {
  const dialogue = readDialogue(text);
  if (dialogue) return dialogue;
  const prompt = promptTurns(record);
  if (prompt.length > 0) return [...prompt, { role: 'assistant', content: text.trim() }];
  return commonBeginning(text, requireText(record.find(...rejectedNames)!), chosen.name);
}

/** Without a prompt, what both texts begin with is the prompt (TRL's `extract_prompt`); only whole words count. */
function commonBeginning(chosen: string, rejected: string, name: string): Message[] {
  let end = 0;
  while (end < chosen.length && chosen[end] === rejected[end]) end++;
  while (end > 0 && !/\s/.test(chosen[end - 1]!)) end--;
  const prompt = chosen.slice(0, end).trim();
  if (prompt === '') throw missing('prompt');
  return [
    { role: 'user', content: prompt },
    { role: 'assistant', content: requireText({ name, value: chosen.slice(end).trim() }) },
  ];
}
