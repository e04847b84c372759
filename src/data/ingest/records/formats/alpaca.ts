/**
 * Instructions as Alpaca and Dolly have them: `instruction`, `input` and `output`.
 * @module
 */
import type { Message } from '../../../example.js';
import { RecordFlaw, requireText } from '../record-fields.js';
import { contextField, passage, type RecordFormat, systemField, withContext } from './format.js';

const outputs = ['output', 'response'];

export const alpacaFormat: RecordFormat = {
  name: 'alpaca',
  fields: '`instruction` (with `input`) and `output`',
  needs: [
    { role: 'prompt', names: ['instruction'] },
    { role: 'completion', names: outputs },
  ],
  also: [{ role: 'prompt', names: ['input'] }, contextField, systemField],
  read(record) {
    const input = record.optionalText('input');
    const instruction = record.text('instruction');
    const asked = withContext(
      input ? `${instruction}\n\n${input}` : instruction,
      passage(record.find('context')),
    );
    const system = record.optionalText(...systemField.names);
    const { prompt, ...context } = asked;
    const messages: Message[] = [
      ...(system === undefined ? [] : [{ role: 'system', content: system } as const]),
      ...history(record.find('history')?.value),
      { role: 'user', content: prompt },
      { role: 'assistant', content: record.text(...outputs) },
    ];
    return { messages, ...context };
  },
};

/** Earlier turns, as LLaMA-Factory has them: `[[question, answer], ...]`. */
function history(value: unknown): Message[] {
  if (value === undefined || value === '') return [];
  const pairs = Array.isArray(value) ? value : [value];
  return pairs.flatMap((pair: unknown, index): Message[] => {
    const name = `history[${index}]`;
    if (!Array.isArray(pair) || pair.length !== 2) {
      throw new RecordFlaw({
        message: `\`${name}\` has to be a pair of question and answer`,
        field: name,
        fix: 'write `[["question", "answer"], ...]`',
      });
    }
    return [
      { role: 'user', content: requireText({ name: `${name}[0]`, value: pair[0] }) },
      { role: 'assistant', content: requireText({ name: `${name}[1]`, value: pair[1] }) },
    ];
  });
}
