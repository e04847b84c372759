/**
 * Puts answers to a judge model.
 * @module
 */
import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Message } from '../../data/example.js';
import { AttuneError } from '../../errors.js';
import { fileError, hashJson, writeAtomically } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import type { ScoredItem } from '../answers-file.js';
import type { Answer, GenerationSettings, System } from '../system.js';
import { type Judgement, judgementsFile, readJudgements } from './judgement.js';
import { type Criterion, pairwisePrompt, readGrade, readPreference, rubricPrompt } from './prompts.js';

/** What {@link askJudge} needs. */
export interface AskJudgeOptions {
  /** The model that judges. */
  judge: System;
  /** Run folder. */
  directory: string;
  benchmark: string;
  /** Answers by system; items that not all of a pair answered are left out of it. */
  answers: ReadonlyMap<string, readonly ScoredItem[]>;
  /** Pairs to be compared; each is shown in both orders. */
  pairs: readonly (readonly [string, string])[];
  /** Criteria by which every system's answers are graded. */
  criteria: readonly Criterion[];
  /** Replies for each pair and order, or answer and criterion, with a seed of its own each. */
  votes: number;
  /** Whether the judge sees the reference. */
  showReference: boolean;
  /** 0 makes all votes alike. */
  temperature: number;
  seed: number;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** A request to the judge and the line that its reply becomes. */
interface Request {
  key: string;
  vote: number;
  messages: Message[];
  judgement(reply: string): Judgement;
}

/** Room for a word and for judges that cannot leave it at that. */
const replyTokens = 16;

/**
 * Asks for every judgement that the run folder does not hold yet, writes each as it comes, and returns all of them. An
 * interrupted or failed run goes on where it was.
 *
 * @throws AttuneError when the judge leaves requests unanswered
 */
export async function askJudge(options: AskJudgeOptions): Promise<Judgement[]> {
  const { judge, votes, onProgress, signal } = options;
  const file = judgementsFile(options.directory, options.benchmark);
  const requests = new Map(makeRequests(options).map((request) => [request.key, request]));
  const kept = (await readJudgements(file)).filter(({ key }) => requests.has(key));
  const done = new Map(kept.map((judgement) => [judgement.key, judgement]));
  const report = (): void =>
    onProgress?.({
      phase: 'judge',
      done: done.size,
      total: requests.size,
      unit: 'replies',
      note: judge.name,
    });
  report();
  if (done.size < requests.size) {
    await writeJudgements(file, done.values());
    const handle = await open(file, 'a').catch((error) => {
      throw fileError(error, file);
    });
    try {
      for (let vote = 0; vote < votes; vote++) {
        const asked = [...requests.values()].filter(
          (request) => request.vote === vote && !done.has(request.key),
        );
        const prompts = asked.map(({ key, messages }) => ({ id: key, messages }));
        for await (const answer of answersOf(judge, prompts, generation(options, vote), signal)) {
          const judgement = requests.get(answer.id)!.judgement(answer.text);
          await handle.appendFile(`${JSON.stringify(judgement)}\n`).catch((error) => {
            throw fileError(error, file);
          });
          done.set(answer.id, judgement);
          report();
          signal?.throwIfAborted();
        }
      }
    } finally {
      await handle.close();
    }
  }
  const missing = requests.size - done.size;
  if (missing > 0) {
    throw new AttuneError(`the judge ${judge.name} left ${missing} of ${requests.size} requests unanswered`, {
      fix: 'run the same command again; only the missing ones are asked',
    });
  }
  const ordered = [...requests.keys()].map((key) => done.get(key)!);
  await writeJudgements(file, ordered);
  return ordered;
}

const answersOf = (
  judge: System,
  prompts: { id: string; messages: Message[] }[],
  settings: GenerationSettings,
  signal: AbortSignal | undefined,
): AsyncIterable<Answer> | Answer[] => (prompts.length > 0 ? judge.answer(prompts, settings, signal) : []);

function generation({ temperature, seed }: AskJudgeOptions, vote: number): GenerationSettings {
  return { max_new_tokens: replyTokens, temperature, top_p: 1, top_k: 0, seed: seed + vote };
}

function makeRequests(options: AskJudgeOptions): Request[] {
  const { judge, votes, answers, pairs, criteria, showReference } = options;
  const requests: Request[] = [];
  const add = (
    messages: Message[],
    about: object,
    read: (reply: string) => object,
    item: ScoredItem,
  ): void => {
    for (let vote = 0; vote < votes; vote++) {
      const key = hashJson([judge.hash, item.id, messages, generation(options, vote), about]);
      const { id, task, group } = item;
      requests.push({
        key,
        vote,
        messages,
        judgement: (reply) =>
          ({ ...about, key, judge: judge.name, id, task, group, vote, reply, ...read(reply) }) as Judgement,
      });
    }
  };
  for (const pair of pairs) {
    const [left, right] = pair.map((system) => answers.get(system) ?? []);
    const others = new Map(right!.map((item) => [item.id, item]));
    for (const item of left!) {
      const other = others.get(item.id);
      if (!other) continue;
      for (const [first, second, shown] of [
        [item, other, pair],
        [other, item, [pair[1], pair[0]]],
      ] as const) {
        const lengths = [first.answer.length, second.answer.length];
        add(
          pairwisePrompt(item, [first.answer, second.answer], showReference),
          { kind: 'pairwise', shown, lengths },
          (reply) => ({ preferred: readPreference(reply) }),
          item,
        );
      }
    }
  }
  for (const criterion of criteria) {
    for (const [system, items] of answers) {
      for (const item of items) {
        add(
          rubricPrompt(item, item.answer, criterion, showReference),
          { kind: 'rubric', system, criterion: criterion.name, length: item.answer.length },
          (reply) => ({ grade: readGrade(reply) }),
          item,
        );
      }
    }
  }
  return requests;
}

async function writeJudgements(file: string, judgements: Iterable<Judgement>): Promise<void> {
  await mkdir(dirname(file), { recursive: true }).catch((error) => {
    throw fileError(error, file);
  });
  await writeAtomically(file, async (write) => {
    for (const judgement of judgements) await write(`${JSON.stringify(judgement)}\n`);
  });
}
