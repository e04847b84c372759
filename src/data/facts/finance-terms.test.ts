import { describe, expect, it } from 'vitest';
import { findFiles } from '../ingest/find-files.js';
import { readFacts } from './read-facts.js';

const words = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

describe('the glossary of the finance example', async () => {
  const [found] = await findFiles('examples/finance/data/terms.jsonl', '.');
  const { facts, problems } = await readFacts(found!, 1);

  it('has at least 150 terms, each with four phrasings and a short answer', () => {
    expect(problems).toEqual([]);
    expect(facts.length).toBeGreaterThanOrEqual(150);
    for (const { id, questions, answer } of facts) {
      expect(questions, id).toHaveLength(4);
      expect(answer.split(/\s+/).length, id).toBeLessThanOrEqual(14);
    }
  });

  it('gives no answer away in a question, and phrases in ways that differ', () => {
    for (const { id, questions, answer } of facts) {
      const wanted = ` ${words(answer).join(' ')} `;
      for (const question of questions) expect(` ${words(question).join(' ')} `, id).not.toContain(wanted);
      const starts = new Set(questions.map((question) => words(question).slice(0, 3).join(' ')));
      expect(starts.size, id).toBeGreaterThanOrEqual(3);
    }
  });

  it('says in each text what the answer says', () => {
    for (const { id, text, answer } of facts) {
      const said = new Set(words(text).map((word) => word.slice(0, 4)));
      const asked = words(answer).filter((word) => word.length > 3);
      const shared = asked.filter((word) => said.has(word.slice(0, 4)));
      expect(shared.length / asked.length, `${id}: ${answer}`).toBeGreaterThanOrEqual(0.5);
    }
  });
});
