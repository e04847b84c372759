/**
 * Recall of facts: the phrasings that were kept out of training, as a benchmark.
 * @module
 */
import { dividePhrasings, type Fact } from '../../data/facts/fact.js';
import { askFact } from '../../data/facts/fact-items.js';
import { readFacts } from '../../data/facts/read-facts.js';
import { findFiles } from '../../data/ingest/find-files.js';
import { throwFirst } from '../../data/problems.js';
import { spreadOverTasks } from '../../data/spread-over-tasks.js';
import { factsSchema } from '../../recipe/data/facts.js';
import type { Benchmark } from './benchmark.js';
import type { BenchmarkItem } from './item.js';
import { defaultLayout } from './prompt-layout.js';
import { textReference } from './reference.js';
import type { ResolvedScorers } from './scorer-specs.js';

/** How facts are asked: as they were trained. */
export type RecallSettings = Pick<
  ReturnType<typeof factsSchema.parse>,
  'path' | 'task' | 'held_out_phrasings' | 'system_prompt'
>;

/** How facts are asked that no source of the recipe trains: one phrasing of each, without a system message. */
export function untrainedFacts(path: string): RecallSettings {
  return factsSchema.parse({ type: 'facts', path });
}

/**
 * A benchmark of the held-out phrasings of facts.
 *
 * @param settings `path` is relative to the working directory
 * @throws AttuneError with file and line of the first mistake in a file of facts
 */
export async function recallBenchmark(
  name: string,
  settings: RecallSettings,
  {
    maxItems,
    signal,
    ...measures
  }: ResolvedScorers & { metric: string; maxItems: number | null; signal?: AbortSignal },
): Promise<Benchmark> {
  const files = await findFiles(settings.path, '.');
  const items: BenchmarkItem[] = [];
  for (const found of files) {
    const { facts, problems } = await readFacts(found, settings.held_out_phrasings, signal);
    throwFirst(problems);
    const prefix = files.length > 1 ? `${found.name}#` : '';
    for (const fact of facts) items.push(...recallItems(fact, prefix, settings));
  }
  return {
    name,
    output: 'generate',
    items: spreadOverTasks(items, maxItems),
    fewShot: [],
    layout: defaultLayout,
    generation: {},
    ...measures,
  };
}

function recallItems(fact: Fact, prefix: string, settings: RecallSettings): BenchmarkItem[] {
  const { heldOut } = dividePhrasings(fact, settings.held_out_phrasings);
  return heldOut.map((question, index) => ({
    id: `${prefix}${fact.id}${heldOut.length > 1 ? `:${index + 1}` : ''}`,
    task: settings.task,
    group: fact.group ?? `${prefix}${fact.id}`,
    prompt: { messages: askFact(question, settings.system_prompt) },
    reference: textReference(fact.answer),
    fields: { ...fact },
  }));
}
