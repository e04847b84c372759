/** The starter data of the domains: made again byte for byte, and every answer found again in its document by another way. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { calculate } from '../src/data/calculator.js';
import { adviceWithinContext } from '../src/evaluate/scorers/advice/advice-within-context.js';
import { exactIdentifiers } from '../src/evaluate/scorers/exact-identifiers.js';
import { isRefusal } from '../src/evaluate/scorers/refusal.js';
import type { Scorer } from '../src/evaluate/scorers/scorer.js';
import { wanting, written } from '../src/evaluate/scorers/scorers.fixture.js';
import { stepsInOrder } from '../src/evaluate/scorers/steps-in-order.js';
import { quantityMatch, unitsRight } from '../src/evaluate/scorers/units/units-right.js';
import { verbatimQuotation } from '../src/evaluate/scorers/verbatim-quotation.js';

interface Row {
  id: string;
  group: string;
  task: string;
  context: string;
  question: string;
  answer: string;
}

const folders = ['medical', 'legal', 'science', 'manuals'];
const rowsOf = async (domain: string): Promise<{ training: Row[]; benchmark: Row[]; all: Row[] }> => {
  const names = (await readdir(`examples/${domain}/data`)).filter((name) => name.endsWith('.jsonl'));
  const read = async (name: string): Promise<Row[]> =>
    (await readFile(`examples/${domain}/data/${name}`, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const benchmark = await read('benchmark.jsonl');
  const training = await read(names.find((name) => name !== 'benchmark.jsonl')!);
  return { training, benchmark, all: [...training, ...benchmark] };
};

let remade: string;
beforeAll(async () => {
  if (!existsSync('dist/random.js'))
    throw new Error('run `npm run build` first: the scripts use the built files');
  remade = await mkdtemp(join(tmpdir(), 'attune-starter-'));
});
afterAll(() => rm(remade, { recursive: true, force: true }));

const score = (scorer: Scorer, { context, question, answer }: Row): number | undefined =>
  scorer.score(written(answer), wanting(answer, { context, prompt: { text: `${context}\n\n${question}` } }));

describe.each(folders)('the starter data of %s', (domain) => {
  it('are made again byte for byte, and are small', async () => {
    execFileSync(process.execPath, [`examples/${domain}/make-data.mjs`, remade]);
    for (const name of (await readdir(`examples/${domain}/data`)).filter((one) => one.endsWith('.jsonl'))) {
      const committed = await readFile(`examples/${domain}/data/${name}`);
      expect(committed.equals(await readFile(join(remade, name))), name).toBe(true);
      expect(committed.length).toBeLessThan(400_000);
    }
  });

  it('have different ids, several documents, and a benchmark about others', async () => {
    const { training, benchmark, all } = await rowsOf(domain);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(training.length).toBeGreaterThan(300);
    expect(new Set(training.map(({ group }) => group)).size).toBeGreaterThanOrEqual(20);
    const seen = new Set(training.map(({ context }) => context));
    expect(benchmark.filter(({ context }) => seen.has(context))).toEqual([]);
    const groups = new Set(training.map(({ group }) => group));
    expect(benchmark.filter(({ group }) => groups.has(group))).toEqual([]);
  });

  it('decline where they say so, and nowhere else', async () => {
    const { all } = await rowsOf(domain);
    for (const row of all) {
      const declines = row.task === 'unanswerable' || row.task === 'no_advice';
      expect(isRefusal(row.answer), row.id).toBe(declines);
    }
  });
});

describe('the answers of medical', () => {
  it('follow from the counts of the abstract', async () => {
    const { all } = await rowsOf('medical');
    for (const { id, context, task, answer } of all) {
      const results = context.split('RESULTS: ')[1]!;
      const groups = [...results.matchAll(/(\d+) of(?: the)? (\d+)/g)]
        .slice(0, 2)
        .map(([, events, size]) => ({
          events: Number(events),
          size: Number(size),
        }));
      expect(groups, id).toHaveLength(2);
      const printed = [...results.matchAll(/(\d+\.\d)%/g)].slice(0, 2).map(([, share]) => share!);
      const shares = groups.map(({ events, size }) => ((100 * events) / size).toFixed(1));
      expect([...printed].sort(), id).toEqual([...shares].sort());
      const p = Number(/p = (0\.\d{3})/.exec(results)![1]);
      expect(p).toBeCloseTo(chiSquaredP(groups), 2);
      expect(context).toContain(String(groups[0]!.size + groups[1]!.size));
      const numbers = groups.flatMap(({ events, size }) => [String(events), String(size)]);
      if (task === 'group_size' || task === 'events') expect(numbers, id).toContain(answer);
      if (task === 'percentage') expect(shares, id).toContain(answer.replace('%', ''));
      if (task === 'p_value') expect(Number(answer)).toBe(p);
      if (task === 'difference') {
        const [high, low] = [...shares].map(Number).sort((a, b) => b - a);
        expect(calculate(answer)).toBeCloseTo(high! - low!, 9);
      }
      if (task === 'decision' && answer === 'yes') expect(p).toBeLessThan(0.05);
      if (task === 'decision' && answer !== 'yes') expect(p >= 0.05 || answer === 'no', id).toBe(true);
      if (task === 'conclusion') {
        const decision = all.find((row) => row.context === context && row.task === 'decision')!;
        expect(answer.toLowerCase().startsWith(`${decision.answer}.`), id).toBe(true);
      }
    }
  });

  it('give no advice', async () => {
    for (const row of (await rowsOf('medical')).all) {
      expect(score(adviceWithinContext(), row), `${row.id}: ${row.answer}`).toBe(1);
    }
  });

  it('leave PubMedQA’s official test split to its benchmark', async () => {
    const { ids } = JSON.parse(await readFile('examples/medical/pubmedqa-test-ids.json', 'utf8'));
    expect(new Set(ids).size).toBe(500);
  });
});

/** Two-sided p value of a two by two table: chi-squared with one degree of freedom, integrated numerically. */
function chiSquaredP(groups: { events: number; size: number }[]): number {
  const total = groups.reduce((sum, { size }) => sum + size, 0);
  const events = groups.reduce((sum, one) => sum + one.events, 0);
  let chi = 0;
  for (const { events: seen, size } of groups) {
    for (const [observed, share] of [
      [seen, events / total],
      [size - seen, 1 - events / total],
    ] as const)
      chi += (observed - size * share) ** 2 / (size * share);
  }
  const z = Math.sqrt(chi);
  const steps = 4000;
  let area = 0;
  for (let i = 0; i < steps; i++) {
    const x = ((i + 0.5) / steps) * z;
    area += (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * (z / steps);
  }
  return 1 - 2 * area;
}

describe('the answers of legal', () => {
  it('stand in the contract', async () => {
    const { all } = await rowsOf('legal');
    for (const row of all) {
      const { id, task, answer, context } = row;
      if (task === 'quotation') expect(score(verbatimQuotation(), row), id).toBe(1);
      if (['party', 'date', 'amount', 'term'].includes(task)) {
        expect(context.includes(answer.replace(/ (?:days|months|years)$/, '')), `${id}: ${answer}`).toBe(
          true,
        );
      }
      if (task === 'parties') for (const party of answer.split('; ')) expect(context, id).toContain(party);
      if (task === 'clause_type') expect(row.question).toContain(answer);
    }
  });

  it('give each figure of a contract one place', async () => {
    for (const { id, context, task, answer } of (await rowsOf('legal')).all) {
      if (task !== 'amount' && task !== 'date') continue;
      expect(context.split(answer), `${id}: ${answer}`).toHaveLength(2);
    }
  });

  it('use no clause of the benchmark legal-clauses', async () => {
    const taken = new Set((await readFile('benchmarks/legal-clauses/clauses.txt', 'utf8')).split('\n'));
    for (const { context } of (await rowsOf('legal')).all)
      for (const line of context.split('\n'))
        expect(taken.has(line.replace(/^(?:\d+\.|§ \d+|Clause \d+:) /, ''))).toBe(false);
  });
});

describe('the answers of science', () => {
  const columns: Record<string, number> = {
    'atomic number': 0,
    symbol: 1,
    'molar mass': 3,
    'melting point': 4,
    'boiling point': 5,
    density: 6,
    group: 7,
    period: 8,
  };
  let elements: string[][];
  beforeAll(async () => {
    const lines = (await readFile('examples/science/elements.txt', 'utf8')).trim().split('\n').slice(1);
    elements = lines.map((line) => line.split('|').map((cell) => cell.trim()));
  });
  const named = (text: string): string[] =>
    elements
      .filter(([, , name]) => new RegExp(`\\b${name}\\b`, 'i').test(text))
      .map(([, , name]) => name!)
      .sort((a, b) => text.toLowerCase().indexOf(a) - text.toLowerCase().indexOf(b));
  const cell = (name: string, column: string): string =>
    elements.find((row) => row[2] === name)![columns[column]!]!;

  it('are those of the tables, computed by another way', async () => {
    let checked = 0;
    for (const { id, task, question, answer } of (await rowsOf('science')).all) {
      const [first, second] = named(question);
      if (!first || task === 'unanswerable' || question.includes('hyperfine')) continue;
      checked++;
      const column = Object.keys(columns).find((name) => question.toLowerCase().includes(name));
      const value = (name: string): number => Number(cell(first, name));
      if (task === 'look_up') expect(answer.split(' ')[0], id).toBe(cell(first, column!));
      if (task === 'unit_conversion') {
        const calculated = calculate(answer.replace(/ (?:K|kg\/m3)$/, ''));
        expect(calculated, id).toBeCloseTo(
          answer.endsWith('K') ? value(column!) + 273.15 : value('density') * 1000,
          9,
        );
      }
      if (task === 'calculation') {
        const given = Number(/(\d+) (?:cm3|cubic|g\b)/.exec(question)?.[1]);
        const right = answer.endsWith(' mol')
          ? given / value('molar mass')
          : answer.endsWith(' g')
            ? given * value('density')
            : value('boiling point') - value('melting point');
        expect(calculate(answer.replace(/ (?:mol|g|K)$/, '')), id).toBeCloseTo(right, 9);
      }
      if (task === 'classification') {
        const temperature = Number(/(-?\d+) °C/.exec(question)![1]);
        const melted = temperature >= value('melting point');
        expect(answer, id).toBe(
          !melted ? 'solid' : temperature >= value('boiling point') ? 'gaseous' : 'liquid',
        );
      }
      if (task === 'comparison') {
        const by = /dens/.test(question)
          ? 'density'
          : /melt/.test(question)
            ? 'melting point'
            : /boil/.test(question)
              ? 'boiling point'
              : 'molar mass';
        const other = answer === first ? second! : first;
        expect(Number(cell(answer, by)), id).toBeGreaterThan(Number(cell(other, by)));
      }
    }
    expect(checked).toBeGreaterThan(200);
  });

  it('are right by the scorers of units where they have one', async () => {
    for (const row of (await rowsOf('science')).all) {
      if (!['unit_conversion', 'calculation'].includes(row.task)) continue;
      expect(score(unitsRight, row), `${row.id}: ${row.answer}`).toBe(1);
      expect(score(quantityMatch, row), row.id).toBe(1);
    }
  });

  it('rest on constants that agree with each other', async () => {
    const lines = (await readFile('examples/science/constants.txt', 'utf8')).trim().split('\n').slice(1);
    const constants = new Map(
      lines.map((line) => {
        const [name, , value, power] = line.split('|').map((part) => part.trim());
        return [name!, Number(`${value}e${power || 0}`)];
      }),
    );
    const of = (name: string): number => constants.get(name)!;
    const near = (a: number, b: number): void => expect(a / b - 1).toBeCloseTo(0, 7);
    near(of('molar gas constant'), of('Avogadro constant') * of('Boltzmann constant'));
    near(of('Faraday constant'), of('Avogadro constant') * of('elementary charge'));
    near(of('electronvolt'), of('elementary charge'));
    near(of('Avogadro constant') * of('atomic mass constant'), 1e-3);
    const [h, c, k] = [of('Planck constant'), of('speed of light in vacuum'), of('Boltzmann constant')];
    near(of('Stefan-Boltzmann constant'), (2 * Math.PI ** 5 * k ** 4) / (15 * h ** 3 * c ** 2));
    const alpha = of('elementary charge') ** 2 / (2 * of('vacuum electric permittivity') * h * c);
    near(of('Bohr radius'), h / (2 * Math.PI * of('electron mass') * c * alpha));
    near(of('Rydberg constant'), (alpha ** 2 * of('electron mass') * c) / (2 * h));
  });
});

describe('the answers of manuals', () => {
  it('are lines of the manual, at the right place', async () => {
    const { all } = await rowsOf('manuals');
    for (const row of all) {
      const { id, task, context, question, answer } = row;
      const steps = context.split('\n').filter((line) => /^\d+\. /.test(line));
      const texts = steps.map((step) => step.replace(/^\d+\. /, ''));
      if (task === 'next_step') {
        const quoted = /"([^"]+)"/.exec(question)?.[1];
        const number = /step (\d+)/.exec(question)?.[1];
        const at = quoted === undefined ? Number(number) - 1 : texts.indexOf(`${quoted}.`);
        expect(at, id).toBeGreaterThanOrEqual(0);
        expect(answer, id).toBe(texts[at + 1]);
      }
      if (task === 'step') expect(answer, id).toBe(texts[Number(/step (\d+)/.exec(question)![1]) - 1]);
      if (task === 'steps_in_order') {
        expect(score(stepsInOrder({ complete: true }), row), id).toBe(1);
        const named = answer.split('\n').map((line) => texts.indexOf(line.replace(/^\d+\. /, '')));
        expect(named, id).toEqual([named[0], named[0]! + 1, named[0]! + 2]);
        const range = /steps (\d+) to/.exec(question);
        const first = range ? Number(range[1]) - 1 : /last/.test(question) ? texts.length - 3 : 0;
        expect(named[0], id).toBe(first);
      }
      if (task === 'part_number') {
        expect(score(exactIdentifiers(), row), `${id}: ${answer}`).toBe(1);
        const part = /(?:has the|of the|new) ([a-z ]+)[.?]|^([A-Za-z ]+) for the/.exec(question)!;
        expect(context.toLowerCase(), id).toContain(
          `${(part[1] ?? part[2])!.toLowerCase()} ${answer.toLowerCase()}`,
        );
      }
      if (task === 'value' || task === 'warning') expect(context.split(answer).length, id).toBeGreaterThan(1);
      if (task === 'unanswerable') {
        const part = /part number (?:has|of) the ([a-z ]+)[.?]$/.exec(question)?.[1];
        if (part) expect(context, id).not.toContain(` ${part} `);
      }
    }
  });
});
