/**
 * What is asked of a system, and how what it says becomes a scored line.
 * @module
 */
import { readAnswer } from '../data/answers.js';
import { AttuneError } from '../errors.js';
import { hashJson } from '../files.js';
import type { ScoredItem } from './answers-file.js';
import type { Benchmark } from './benchmarks/benchmark.js';
import type { BenchmarkItem } from './benchmarks/item.js';
import { layOutPrompt } from './benchmarks/prompt-layout.js';
import { readChoice } from './read-choice.js';
import { ungroundedIn } from './scorers/grounded.js';
import type { GivenAnswer, Scorer } from './scorers/scorer.js';
import type { Answer, GenerationSettings, Likelihood, PromptBody, System } from './system.js';

/** An item as it is put to one system. */
export interface Question {
  item: BenchmarkItem;
  prompt: PromptBody;
  /** Texts whose likelihood is wanted; absent where an answer is. */
  continuations?: readonly string[];
  /** Hash of everything that determines the answer: a kept answer with another key does not hold. */
  key: string;
}

/** A kept or new result: an answer in words, or likelihoods. */
export interface Outcome {
  answer?: Answer;
  likelihoods?: readonly Likelihood[];
}

/**
 * The questions of a benchmark by the ids of their items.
 *
 * Multiple choice is decided by likelihood where the system shows it; a system that only writes (a chat endpoint, a
 * person) is asked for an answer, which is then matched with the choices.
 *
 * @throws AttuneError for a benchmark without items, two items with one id, and perplexity of a system that only writes
 */
export function makeQuestions(
  benchmark: Benchmark,
  fewShot: readonly BenchmarkItem[],
  system: System,
  settings: GenerationSettings,
): Map<string, Question> {
  if (benchmark.items.length === 0) {
    throw new AttuneError(`the benchmark ${benchmark.name} has no items`, {
      fix: 'name a split or a file that holds examples',
    });
  }
  if (benchmark.output === 'perplexity' && !system.likelihoods) {
    throw new AttuneError(
      `${benchmark.name} measures perplexity, and ${system.name} does not show likelihoods`,
      { field: 'evaluation.systems', fix: 'ask a model of the embedded engine or a GGUF file' },
    );
  }
  const questions = new Map<string, Question>();
  for (const item of benchmark.items) {
    if (questions.has(item.id)) throw new AttuneError(`two items have the id ${item.id}`, { field: 'id' });
    const prompt = layOutPrompt(item, fewShot, benchmark.layout);
    const continuations = system.likelihoods && continuationsOf(item, prompt, benchmark);
    const asked = continuations ? { continuations } : { settings, stop: benchmark.generation.stop };
    questions.set(item.id, { item, prompt, continuations, key: hashJson([system.hash, prompt, asked]) });
  }
  return questions;
}

function continuationsOf(
  item: BenchmarkItem,
  prompt: PromptBody,
  { output, layout, name }: Benchmark,
): readonly string[] | undefined {
  if (output === 'generate') return undefined;
  if (output === 'perplexity') return [item.reference.text];
  if (!item.choices || item.choices.length < 2) {
    throw new AttuneError(`the item ${item.id} of ${name} has no two choices`, { field: 'choices' });
  }
  return prompt.messages ? item.choices : item.choices.map((choice) => `${layout.targetDelimiter}${choice}`);
}

/** The line of an item's answer, scored. */
export function scoreQuestion(
  { item, prompt, key }: Question,
  outcome: Outcome,
  { output }: Benchmark,
  scorers: readonly Scorer[],
): ScoredItem {
  const given = givenAnswer(item, outcome, output);
  const scores: Record<string, number> = {};
  for (const scorer of scorers) {
    const score = scorer.score(given, item);
    if (score !== undefined) scores[scorer.name] = score;
  }
  const { reference } = item;
  const [likelihood] = outcome.likelihoods ?? [];
  const found = output === 'generate' ? ungroundedIn(given.text, item) : undefined;
  const ungrounded = found ? [...found.ungroundedNumbers, ...found.ungroundedNames] : [];
  return {
    id: item.id,
    task: item.task,
    group: item.group,
    key,
    prompt: prompt.messages ?? prompt.text ?? '',
    answer: given.text,
    value: given.value.number?.value ?? null,
    reference: reference.text,
    reference_value: reference.value.kind === 'number' ? reference.value.number!.value : null,
    scores,
    ...(ungrounded.length > 0 ? { ungrounded } : {}),
    stopped: given.stopped,
    prompt_tokens: given.promptTokens,
    new_tokens: given.newTokens,
    seconds: given.seconds,
    cost: given.cost,
    choice: given.choice,
    reference_choice: reference.choice,
    ...(output === 'perplexity' && likelihood
      ? {
          text_likelihood: {
            nats: likelihood.logLikelihood,
            tokens: likelihood.tokens,
            bytes: Buffer.byteLength(reference.text),
            greedy: likelihood.greedy,
          },
        }
      : {}),
    ...(output === 'multiple_choice' && outcome.likelihoods ? { likelihoods: [...outcome.likelihoods] } : {}),
  };
}

function givenAnswer(
  item: BenchmarkItem,
  { answer, likelihoods }: Outcome,
  output: Benchmark['output'],
): GivenAnswer {
  if (!likelihoods) {
    const said = answer!;
    const choice =
      output === 'multiple_choice' && item.choices ? readChoice(said.text, item.choices) : undefined;
    return { ...said, value: readAnswer(said.text), choice };
  }
  const choice = output === 'multiple_choice' ? likeliest(likelihoods) : undefined;
  const text = choice === undefined ? '' : item.choices![choice]!;
  return { id: item.id, text, value: readAnswer(text), stopped: true, choice, likelihoods };
}

/** Index of the highest likelihood, the first of equal ones. */
function likeliest(likelihoods: readonly Likelihood[]): number {
  return likelihoods.reduce(
    (best, { logLikelihood }, index) => (logLikelihood > likelihoods[best]!.logLikelihood ? index : best),
    0,
  );
}

/** What a line that was written before says of its question. */
export function outcomeOf(item: ScoredItem): Outcome {
  if (item.likelihoods) return { likelihoods: item.likelihoods };
  if (item.text_likelihood) {
    const { nats, tokens, greedy } = item.text_likelihood;
    return { likelihoods: [{ logLikelihood: nats, tokens, greedy }] };
  }
  const { id, answer: text, stopped, prompt_tokens, new_tokens, seconds, cost } = item;
  return { answer: { id, text, stopped, promptTokens: prompt_tokens, newTokens: new_tokens, seconds, cost } };
}
