import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { predictionKinds, textOf } from './predictions.fixture.js';
import { scoreTatQa, type TatQaGold, type TatQaPrediction } from './score.js';

type Case = [
  type: string,
  gold: TatQaGold['answer'],
  goldScale: string,
  answer: TatQaPrediction['answer'],
  scale: string,
  exactMatch: number,
  f1: number,
  scaleMatch: number,
];

/** The first line says what the others are about, which are one a kind. */
interface Golden {
  data: string;
  questions: number;
  kind: string;
  predictions: string;
  exact_match: string;
  scale_match: string;
  f1: [index: number, f1: number][];
}

function readLines<T>(file: string): T[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}

const data = '../shared/data/finance/tatqa_dataset_dev.json';

describe('scoreTatQa', () => {
  it('gives the scores of the official evaluation on invented cases', () => {
    const cases = readLines<Case>('test/golden/tatqa-cases.jsonl');
    const scored = cases.map((testCase): Case => {
      const [answer_type, answer, goldScale, said, scale] = testCase;
      const scores = scoreTatQa({ answer_type, answer, scale: goldScale }, { answer: said, scale });
      return [answer_type, answer, goldScale, said, scale, scores.exactMatch, scores.f1, scores.scaleMatch];
    });
    expect(cases.length).toBe(1500);
    expect(scored.filter((testCase, index) => testCase.join() !== cases[index]!.join())).toEqual([]);
  });

  it.each([
    [{ answer_type: 'arithmetic', answer: 123.2, scale: 'million' }, 123_200_000, '', 1],
    [{ answer_type: 'arithmetic', answer: 22.12, scale: 'percent' }, 0.2212, '', 1],
    [{ answer_type: 'arithmetic', answer: 22.12, scale: 'percent' }, 22.12, '', 0],
    [{ answer_type: 'span', answer: ['(1,234)'], scale: '' }, '-1234', '', 0],
    [{ answer_type: 'span', answer: ['(1,234)'], scale: '' }, '1234', '', 1],
    [{ answer_type: 'arithmetic', answer: 0, scale: '' }, 0, '', 0],
    [{ answer_type: 'arithmetic', answer: 0, scale: '' }, '0', '', 1],
  ])('%j, answered %j in %j: %i', (gold, answer, scale, exactMatch) => {
    expect(scoreTatQa(gold, { answer, scale }).exactMatch).toBe(exactMatch);
  });

  it('takes time in proportion to the length of an answer', () => {
    const gold = { answer_type: 'multi-span', answer: ['12', '(7)'], scale: 'million' };
    for (const part of ['1', '(', '.', ',', ' ', 'a', '%', '1,', '1 ', '-', '1a', '\u00a0', '(1']) {
      const answer = part.repeat(100_000 / part.length);
      expect(scoreTatQa(gold, { answer, scale: '' }).exactMatch).toBe(0);
    }
    const many = Array.from({ length: 10_000 }, (_, index) => `${index}%`);
    expect(scoreTatQa(gold, { answer: many, scale: '' }).exactMatch).toBe(0);
  });

  describe.skipIf(!existsSync(data))('on TAT-QA (skipped without ../shared/data)', () => {
    const [head, ...kinds] = readLines<Golden>('test/golden/tatqa.jsonl');
    const golden = new Map(kinds.map((line) => [line.kind, line]));
    const content = existsSync(data) ? readFileSync(data) : Buffer.from('[]');
    const questions = (JSON.parse(content.toString()) as { questions: TatQaGold[] }[]).flatMap(
      (context) => context.questions,
    );

    it('has the data that the golden file was made from', () => {
      expect(createHash('sha256').update(content).digest('hex')).toBe(head!.data);
      expect(questions.length).toBe(head!.questions);
      expect([...golden.keys()]).toEqual([...predictionKinds.keys()]);
    });

    it.each([...predictionKinds.keys()])('gives the official scores of every question: %s', (kind) => {
      const wanted = golden.get(kind)!;
      const predictions = questions.map(predictionKinds.get(kind)!);
      const texts = predictions.map(({ answer, scale }) => [[answer].flat().map(textOf), scale]);
      expect(createHash('sha256').update(JSON.stringify(texts)).digest('hex')).toBe(wanted.predictions);
      const partial = new Map(wanted.f1);
      const official = questions.map((_, index) => {
        const exactMatch = Number(wanted.exact_match[index]);
        const f1 = (partial.get(index) ?? exactMatch * 100) / 100;
        return { exactMatch, f1, scaleMatch: Number(wanted.scale_match[index]) };
      });
      expect(questions.map((question, index) => scoreTatQa(question, predictions[index]!))).toEqual(official);
    });
  });
});
