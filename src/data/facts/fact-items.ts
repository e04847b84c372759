/**
 * Facts become training items: their texts, and the phrasings that are not held out.
 * @module
 */
import type { FactsSource } from '../../recipe/data/facts.js';
import type { Message } from '../example.js';
import type { Item } from '../item.js';
import { dividePhrasings, type Fact } from './fact.js';

/** Task of the texts of facts. */
const textTask = 'fact_text';

/**
 * The items of a fact: one of its text, and one of each phrasing that is trained on. Their split is settled: what was
 * never seen cannot be recalled, so a fact in the test split would measure nothing.
 *
 * @param name of the file that the fact is from
 */
export function factItems(
  fact: Fact,
  { task, licence, held_out_phrasings, system_prompt }: FactsSource,
  name: string,
): Item[] {
  const { id, text, answer, line } = fact;
  const fullId = `${name}#${id}`;
  const { trained } = dividePhrasings(fact, held_out_phrasings);
  const item = (suffix: string, note: string, content: Pick<Item, 'text' | 'messages' | 'task'>): Item => ({
    id: `${fullId}:${suffix}`,
    ...content,
    group: fact.group ?? fullId,
    source: fact.source ?? `${name}, fact ${id}`,
    licence: fact.licence ?? licence,
    origin: { file: name, row: line },
    steps: [{ step: 'facts', note }],
    split: 'train',
    ...(fact.aspects ? { aspects: [...fact.aspects] } : {}),
  });
  return [
    item('text', `text of the fact ${id}`, { text, task: textTask }),
    ...trained.map((question, index) =>
      item(String(index + 1), `phrasing ${index + 1} of ${fact.questions.length} of the fact ${id}`, {
        messages: askFact(question, system_prompt, answer),
        task,
      }),
    ),
  ];
}

/** A question about a fact as a conversation, with its answer where that is given. */
export function askFact(question: string, systemPrompt: string | undefined, answer?: string): Message[] {
  return [
    ...(systemPrompt === undefined ? [] : [{ role: 'system' as const, content: systemPrompt }]),
    { role: 'user', content: question },
    ...(answer === undefined ? [] : [{ role: 'assistant' as const, content: answer }]),
  ];
}
