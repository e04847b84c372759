/**
 * Replay: the untouched model answers general prompts, and learns its own answers again beside the new ones
 * (self-synthesized rehearsal, Huang et al. 2024, arXiv 2403.01244, with prompts that are given).
 * @module
 */
import { AttuneError } from '../../errors.js';
import type { OnProgress } from '../../progress.js';
import { randomStream } from '../../random.js';
import type { ReplaySource } from '../../recipe/data/replay.js';
import type { Item } from '../item.js';
import type { RemovedItem } from '../step.js';
import type { ReplayPrompt } from './read-prompts.js';
import type { RehearsalAnswer, Rehearser } from './rehearser.js';

/** What was asked and what came of it. */
export interface ReplayFigures {
  /** Prompts that there are. */
  prompts: number;
  asked: number;
  /** Answers that had not ended at the length limit. */
  not_ended: number;
  /** Answers without a word. */
  empty: number;
}

/** How to rehearse. */
export interface RehearseOptions {
  rehearser: Rehearser;
  seed: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** What a rehearsal gave. */
export interface Rehearsal {
  /** In the order of the prompts. */
  items: Item[];
  removed: RemovedItem[];
  figures: ReplayFigures;
}

/** Task and aspect of the items. */
const general = 'general';

/**
 * Lets the model answer prompts, drawn by the seed, until `count` answers are good or no prompt is left. An answer is good
 * when it ended by itself and says something. The items are trained on and never tested on.
 *
 * @throws AttuneError when no answer is good
 */
export async function rehearse(
  prompts: readonly ReplayPrompt[],
  { count = prompts.length, max_new_tokens }: ReplaySource,
  { rehearser, seed, onProgress, signal }: RehearseOptions,
): Promise<Rehearsal> {
  const order = randomStream(seed, 'replay').shuffle(prompts);
  const answers = new Map<string, RehearsalAnswer>();
  const figures: ReplayFigures = { prompts: prompts.length, asked: 0, not_ended: 0, empty: 0 };
  let good = 0;
  while (good < count && figures.asked < order.length) {
    const round = order.slice(figures.asked, figures.asked + count - good);
    figures.asked += round.length;
    const asked = round.map(({ id, prompt }) => ({
      id,
      messages: [{ role: 'user' as const, content: prompt }],
    }));
    const report = (): void =>
      onProgress?.({ phase: 'replay', done: answers.size, total: figures.asked, unit: 'answers' });
    report();
    for await (const answer of rehearser.answer(asked, { max_new_tokens, signal })) {
      answers.set(answer.id, answer);
      if (defectOf(answer) === undefined) good++;
      report();
    }
    signal?.throwIfAborted();
  }
  const items: Item[] = [];
  const removed: RemovedItem[] = [];
  for (const prompt of prompts) {
    const answer = answers.get(prompt.id);
    if (!answer) continue;
    const defect = defectOf(answer);
    if (defect === undefined) {
      items.push(replayItem(prompt, answer.text, rehearser));
      continue;
    }
    figures[defect]++;
    removed.push({
      id: prompt.id,
      source: prompt.file,
      step: 'replay',
      reason: defect,
      detail:
        defect === 'empty'
          ? 'the answer is empty'
          : `the answer had not ended after ${max_new_tokens} tokens`,
    });
  }
  if (items.length === 0) {
    throw new AttuneError(
      `none of ${figures.asked} answers of ${rehearser.name} ended within ${max_new_tokens} tokens`,
      {
        field: 'data.sources',
        fix: 'raise `max_new_tokens`, or take a model that was tuned to follow instructions',
      },
    );
  }
  return { items, removed, figures };
}

function defectOf({ text, stopped }: RehearsalAnswer): 'empty' | 'not_ended' | undefined {
  if (!stopped) return 'not_ended';
  return text.trim() === '' ? 'empty' : undefined;
}

function replayItem(
  { id, prompt, file, line }: ReplayPrompt,
  answer: string,
  { name, licence }: Rehearser,
): Item {
  return {
    id,
    messages: [
      { role: 'user', content: prompt },
      { role: 'assistant', content: answer.trim() },
    ],
    task: general,
    group: id,
    source: `${file}, line ${line}, answered by ${name}`,
    licence,
    origin: { file, row: line },
    steps: [{ step: 'replay', note: `answered by ${name} before training` }],
    aspects: [general],
    split: 'train',
  };
}
