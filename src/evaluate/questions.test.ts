import { describe, expect, it } from 'vitest';
import type { Benchmark } from './benchmarks/benchmark.js';
import { defaultLayout } from './benchmarks/prompt-layout.js';
import { textReference } from './benchmarks/reference.js';
import { greedy, scriptedSystem } from './evaluate.fixture.js';
import { metricsFor } from './metrics/registry.js';
import { makeQuestions, outcomeOf, scoreQuestion } from './questions.js';
import { accuracy } from './scorers/accuracy.js';
import { accuracyNorm } from './scorers/accuracy-norm.js';
import type { System } from './system.js';

const scorers = [accuracy, accuracyNorm];
const benchmark = (more: Partial<Benchmark> = {}): Benchmark => ({
  name: 'colours',
  output: 'multiple_choice',
  items: [
    {
      id: 'sky',
      task: 'colour',
      group: 'a',
      prompt: { text: 'The sky is' },
      reference: textReference('blue', { choice: 1 }),
      choices: ['green', 'blue', 'almost entirely transparent'],
      context: 'The sky is blue on most days.',
      fields: {},
    },
  ],
  fewShot: [],
  layout: defaultLayout,
  scorers,
  metrics: metricsFor('multiple_choice', { scorers }),
  metric: 'accuracy',
  generation: {},
  ...more,
});
const writer = scriptedSystem('writer', () => 'blue');
const model: System = { ...writer, name: 'model', async *likelihoods() {} };
const questionOf = (of: Benchmark, system: System) =>
  makeQuestions(of, of.fewShot, system, greedy).get('sky')!;
const likelihood = (logLikelihood: number) => ({ logLikelihood, tokens: 2, greedy: false });

describe('multiple choice', () => {
  it('asks models for likelihoods, the delimiter before each choice of plain text', () => {
    const question = questionOf(benchmark(), model);
    expect(question.continuations).toEqual([' green', ' blue', ' almost entirely transparent']);
    expect(question.prompt).toEqual({ text: 'The sky is' });
    const chat = benchmark({
      items: [{ ...benchmark().items[0]!, prompt: { messages: [{ role: 'user', content: 'The sky is?' }] } }],
    });
    expect(questionOf(chat, model).continuations).toEqual(['green', 'blue', 'almost entirely transparent']);
  });

  it('picks the likeliest choice, and by length where that is asked for', () => {
    const question = questionOf(benchmark(), model);
    const scored = scoreQuestion(
      question,
      { likelihoods: [likelihood(-4), likelihood(-2), likelihood(-5)] },
      benchmark(),
      scorers,
    );
    expect(scored).toMatchObject({ answer: 'blue', choice: 1, reference_choice: 1, scores: { accuracy: 1 } });
    // -5 over 27 characters is more a character than -2 over 4.
    expect(scored.scores.accuracy_norm).toBe(0);
    expect(scoreQuestion(question, outcomeOf(scored), benchmark(), scorers)).toEqual(scored);
  });

  it('asks a system that only writes for an answer, and matches it with the choices', () => {
    const question = questionOf(benchmark(), writer);
    expect(question.continuations).toBeUndefined();
    const said = (text: string) =>
      scoreQuestion(question, { answer: { id: 'sky', text, stopped: true } }, benchmark(), scorers);
    expect(said('Blue.')).toMatchObject({ choice: 1, scores: { accuracy: 1 } });
    expect(said('B')).toMatchObject({ choice: 1, scores: { accuracy: 1 } });
    expect(said('It is green.')).toMatchObject({ choice: 0, scores: { accuracy: 0 } });
    const vague = said('blue or green');
    expect(vague.choice).toBeUndefined();
    expect(vague.scores).toEqual({ accuracy: 0 });
    expect(outcomeOf(vague)).toMatchObject({ answer: { text: 'blue or green', stopped: true } });
  });

  it('needs two choices', () => {
    const broken = benchmark({ items: [{ ...benchmark().items[0]!, choices: ['blue'] }] });
    expect(() => questionOf(broken, model)).toThrow('has no two choices');
  });
});

describe('perplexity', () => {
  const prose = benchmark({
    output: 'perplexity',
    scorers: [],
    metrics: metricsFor('perplexity', { scorers: [] }),
  });

  it('asks for the likelihood of the text, in tokens and in bytes', () => {
    const question = questionOf(prose, model);
    expect(question.continuations).toEqual(['blue']);
    const scored = scoreQuestion(question, { likelihoods: [{ ...likelihood(-3), greedy: true }] }, prose, []);
    expect(scored.text_likelihood).toEqual({ nats: -3, tokens: 2, bytes: 4, greedy: true });
    expect(outcomeOf(scored)).toEqual({ likelihoods: [{ logLikelihood: -3, tokens: 2, greedy: true }] });
  });

  it('is nothing that a system can tell who only writes', () => {
    expect(() => questionOf(prose, writer)).toThrow('writer does not show likelihoods');
  });
});

describe('written answers', () => {
  const written = benchmark({ output: 'generate' });
  const said = (text: string) =>
    scoreQuestion(
      questionOf(written, writer),
      { answer: { id: 'sky', text, stopped: true } },
      written,
      scorers,
    );

  it('are told apart by prompt, settings, stop texts and system', () => {
    const keys = [
      questionOf(written, writer).key,
      questionOf({ ...written, generation: { stop: ['\n'] } }, writer).key,
      makeQuestions(written, [], writer, { ...greedy, max_new_tokens: 9 }).get('sky')!.key,
      questionOf(written, { ...writer, hash: 'other' }).key,
      questionOf({ ...written, layout: { ...defaultLayout, preamble: 'Hello. ' } }, writer).key,
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('show what stands in no text that was given', () => {
    expect(said('blue').ungrounded).toBeUndefined();
    expect(said('It is 483 kilometres high.').ungrounded?.join()).toContain('483');
  });
});
