import { describe, expect, it } from 'vitest';
import { defaultPairTasks, type PairSettings } from '../../recipe/data/tables.js';
import { dataSchema } from '../../recipe/data.js';
import { readAnswer } from '../answers.js';
import { calculate } from '../calculator.js';
import type { UnsplitExample } from '../example.js';
import { readTables } from '../tables/read-tables.js';
import { analysisPhrasings } from './analysis-phrasings.js';
import { declined } from './direct-answers.js';
import { makePairs } from './make-pairs.js';
import { phrasings } from './phrasings.js';

const { tables } = await readTables('examples/finance/data/statements.json');

function settings(pairs: object): PairSettings {
  const [source] = dataSchema.parse({ sources: [{ type: 'tables', path: 'x', pairs }] }).sources;
  return (source as { pairs: PairSettings }).pairs;
}

const pairs = makePairs(tables, settings({}), 42);
const prompt = (example: UnsplitExample): string => example.messages![1]!.content;
const split = (example: UnsplitExample): [table: string, question: string] => {
  const at = prompt(example).lastIndexOf('\n\n');
  return [prompt(example).slice(0, at), prompt(example).slice(at + 2)];
};
const response = (example: UnsplitExample): string => example.messages![2]!.content;

/** A table read back from the text of a prompt: what a reader of the prompt sees. */
class PromptTable {
  readonly columns: string[] = [];
  readonly rows: { name: string; section: string; cells: string[] }[] = [];
  readonly scale: number;

  constructor(text: string) {
    const [title, ...lines] = text.split('\n') as [string, ...string[]];
    this.scale = /millions of/.test(title)
      ? 1e6
      : /thousands of/.test(title)
        ? 1e3
        : /billions of/.test(title)
          ? 1e9
          : 1;
    let section = '';
    for (const line of lines) {
      const [name, ...cells] = line.split(' | ') as [string, ...string[]];
      if (cells.length === 0) {
        section = line.slice(0, -1);
        continue;
      }
      const apart = cells.map((cell) => /^(.*) (\S+)$/.exec(cell)!);
      this.columns.splice(0, Infinity, ...apart.map((cell) => cell[1]!));
      this.rows.push({ name, section, cells: apart.map((cell) => cell[2]!) });
    }
  }

  /** The figures that the words `name` and `where` (`in 2019`, `under Adjustments`) may mean. */
  find(name: string, where: string): string[] {
    const columns = this.columns.flatMap((label, index) => {
      const short = /^in (\d{4})$/.exec(where)?.[1];
      // A percentage beside the amounts of a year, or a change between two, is not what `in 2019` means.
      const plain = !/%|percent/i.test(label) && (label.match(/\b20\d\d\b/g) ?? []).length < 2;
      const dated = plain && short && new RegExp(`${short}|\\bFY?['’]?${short.slice(2)}\\b`).test(label);
      return where === `under ${label}` || dated ? [index] : [];
    });
    return this.rows
      .filter((row) => row.name === name || `${row.name} (${row.section})` === name)
      .flatMap(({ cells }) => columns.map((column) => cells[column]!))
      .filter((text) => text !== '-' && text !== undefined);
  }
}

const value = (text: string): number => (text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text));
const place = '((?:in \\d{4}|under .+?))';

type DefaultTask = (typeof defaultPairTasks)[number];

/** For each task how the plainest question is read, and the answers that follow from the table, computed here. */
const recompute: Record<DefaultTask, (table: PromptTable, question: string) => (number | string)[]> = {
  look_up: (table, question) => {
    const [, row, where] = new RegExp(`^What was (.+) ${place}\\?$`).exec(question)!;
    return table.find(row!, where!).map(value);
  },
  change: (table, question) => {
    const [, row, from, to] = /^What was the change in (.+) from (\d{4}) to (\d{4})\?$/.exec(question)!;
    return every(table.find(row!, `in ${to}`), table.find(row!, `in ${from}`), (a, b) => a - b);
  },
  percentage_change: (table, question) => {
    const [, row, from, to] = /^What was the percentage change in (.+) from (\d{4}) to (\d{4})\?$/.exec(
      question,
    )!;
    return every(table.find(row!, `in ${to}`), table.find(row!, `in ${from}`), (a, b) => a / b - 1);
  },
  average: (table, question) => {
    const [, row, years] = /^What was the average of (.+) over ([\d, and]+)\?$/.exec(question)!;
    const figures = years!.match(/\d{4}/g)!.map((year) => value(table.find(row!, `in ${year}`)[0]!));
    return [figures.reduce((a, b) => a + b) / figures.length];
  },
  total: (table, question) => {
    const [, rows, where] = new RegExp(`^What is the total of (.+) ${place}\\?$`).exec(question)!;
    return listed(table, rows!, where!).map((names) =>
      names.reduce((sum, name) => sum + value(table.find(name, where!)[0]!), 0),
    );
  },
  share: (table, question) => {
    const [, words, where] = new RegExp(`^What share of (.+) ${place}\\?$`).exec(question)!;
    return halves(words!, ' was ').flatMap(([whole, row]) =>
      every(table.find(row, where!), table.find(whole, where!), (a, b) => a / b),
    );
  },
  ratio: (table, question) => {
    const [, words, where] = new RegExp(`^What was the ratio of (.+) ${place}\\?$`).exec(question)!;
    return halves(words!, ' to ').flatMap(([row, other]) =>
      every(table.find(row, where!), table.find(other, where!), (a, b) => a / b),
    );
  },
  unit_conversion: (table, question) => {
    const [, row, where, unit] = new RegExp(`^What was (.+) ${place}, expressed in (.+)\\?$`).exec(question)!;
    const factor = { t: 1e3, m: 1e6, b: 1e9 }[/^(t|m|b)[a-z]+s of/.exec(unit!)?.[1] ?? ''] ?? 1;
    return table.find(row!, where!).map((text) => (value(text) * table.scale) / factor);
  },
  comparison: (table, question) => {
    const direction = /^Did (.+) increase or decrease from (\d{4}) to (\d{4})\?$/.exec(question);
    if (direction) {
      const [, row, from, to] = direction;
      const change = value(table.find(row!, `in ${to}`)[0]!) - value(table.find(row!, `in ${from}`)[0]!);
      return [change > 0 ? 'increased' : 'decreased'];
    }
    const rest = question.replace(/^Which was larger |\?$/g, '');
    const places = [/^in \d{4}/.exec(rest)?.[0] ?? '', ...table.columns.map((label) => `under ${label}`)];
    return places
      .filter((where) => where && rest.startsWith(`${where}, `))
      .flatMap((where) =>
        halves(rest.slice(where.length + 2), ' or ').flatMap(([first, second]) => {
          const [a, b] = [table.find(first, where)[0], table.find(second, where)[0]];
          return a === undefined || b === undefined ? [] : [value(a) > value(b) ? first : second];
        }),
      );
  },
  ranking: (table, question) => {
    const rank = /second/.test(/(\w+ )?(largest|smallest|highest|lowest)/.exec(question)![0])
      ? 1
      : /smallest|lowest/.test(question)
        ? -1
        : 0;
    const years = /^In which year was (.+) the (?:second )?(?:highest|lowest)\?$/.exec(question);
    if (years) {
      const found = table.columns
        .filter((label) => !/%|percent|\bvs\b/i.test(label))
        .flatMap((label) => {
          const short = /\b(20\d\d)\b/.exec(label)?.[1] ?? `20${/(\d\d)$/.exec(label)?.[1]}`;
          const [figure] = table.find(years[1]!, `in ${short}`);
          return figure === undefined ? [] : [{ name: short, figure: value(figure) }];
        });
      return [found.sort((a, b) => b.figure - a.figure).at(rank)!.name];
    }
    const [, items, where] = new RegExp(
      `^Which of (.+) was the (?:second )?(?:largest|smallest) ${place}\\?$`,
    ).exec(question)!;
    return listed(table, items!, where!).map(
      (names) =>
        names
          .toSorted((a, b) => value(table.find(b, where!)[0]!) - value(table.find(a, where!)[0]!))
          .at(rank)!,
    );
  },
  statement_type: (_table, question) =>
    question.replace(/^What kind of table is this: |\?$/g, '').split(/, | or /),
  unanswerable: (table, question) => {
    const [, row, where] = new RegExp(`^What was (.+) ${place}\\?$`).exec(question)!;
    return table.find(row!, where!).length === 0 ? [declined] : [];
  },
};

function every(a: string[], b: string[], combine: (a: number, b: number) => number): number[] {
  return a.flatMap((x) => b.map((y) => combine(value(x), value(y))));
}

function halves(words: string, joint: string): [string, string][] {
  const parts = words.split(joint);
  return parts
    .slice(1)
    .map((_part, index) => [parts.slice(0, index + 1).join(joint), parts.slice(index + 1).join(joint)]);
}

/** All ways of reading `A, B and C` as names of rows with figures, for names may hold commas and `and` themselves. */
function listed(table: PromptTable, words: string, where: string): string[][] {
  const known = (name: string): boolean => table.find(name, where).length > 0;
  const readings = (rest: string): string[][] => [
    ...(known(rest) ? [[rest]] : []),
    ...[...rest.matchAll(/, | and /g)].flatMap((joint) => {
      const first = rest.slice(0, joint.index);
      return known(first)
        ? readings(rest.slice(joint.index + joint[0].length)).map((others) => [first, ...others])
        : [];
    }),
  ];
  return readings(words).filter((names) => names.length > 1);
}

describe('pairs of the finance example', () => {
  it('are 10,000, of every task, spread evenly', () => {
    expect(pairs).toHaveLength(10_000);
    for (const task of defaultPairTasks) {
      const count = pairs.filter((pair) => pair.task === task).length;
      expect(count, task).toBeGreaterThan(500);
      expect(count, task).toBeLessThan(1250);
    }
    const perTable = tables.map(({ id }) => pairs.filter((pair) => pair.id.startsWith(id)).length);
    expect(Math.min(...perTable)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...perTable)).toBeLessThanOrEqual(50);
  });

  it('are the same every time, and others with another seed', () => {
    const few = settings({ count: 500 });
    expect(makePairs(tables, few, 42)).toEqual(makePairs(tables, few, 42));
    expect(makePairs(tables, few, 43)).not.toEqual(makePairs(tables, few, 42));
  });

  it('never ask a table the same question twice, and put the table before the question', () => {
    expect(new Set(pairs.map(prompt)).size).toBe(pairs.length);
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(pairs.length);
    expect(new Set(pairs.map(({ messages }) => messages![0]!.content)).size).toBe(1);
    expect(new Set(pairs.map((pair) => split(pair)[0])).size).toBeLessThanOrEqual(tables.length);
  });

  it('use every way of asking', () => {
    for (const [name, ways] of Object.entries(phrasings)) {
      if (Object.hasOwn(analysisPhrasings, name)) continue;
      for (const way of ways) {
        const fixed = way.split(/\{\w+\}/).filter((part) => part.trim().length > 2);
        const pattern = new RegExp(way.replace(/[.?*+()|]/g, '\\$&').replace(/\{\w+\}/g, '.+'), 'i');
        expect(
          fixed.length === 0 || pairs.some((pair) => pattern.test(split(pair)[1])),
          `${name}: ${way}`,
        ).toBe(true);
      }
    }
  });

  it('answer calculations with numbers of the table only, besides factors of units', () => {
    for (const pair of pairs) {
      if (pair.answer === undefined) continue;
      const figures = new Set(split(pair)[0].match(/\d+(?:\.\d+)?/g));
      const constants = pair.task === 'unit_conversion' ? ['1000', '1000000', '1000000000'] : [];
      for (const number of response(pair).match(/\d+(?:\.\d+)?/g)!) {
        expect(figures.has(number) || constants.includes(number), `${number} in ${response(pair)}`).toBe(
          true,
        );
      }
    }
  });

  it('state the value of their expressions as the answer', () => {
    for (const pair of pairs) {
      if (pair.answer === undefined) continue;
      const said = readAnswer(response(pair)).number!;
      const stated = readAnswer(pair.answer).number!;
      expect(said.value).toBe(calculate(response(pair).replace(/ in %$/, '')));
      expect(said.percent).toBe(stated.percent);
      expect(Math.abs(said.value - stated.value)).toBeLessThanOrEqual(stated.resolution * 1.0001);
    }
  });

  it('have answers that follow from the text of their prompts by another route', () => {
    const plain = makePairs(tables, settings({ phrasings: 1 }), 1);
    expect(plain.length).toBeGreaterThan(9000);
    const wrong: string[] = [];
    for (const pair of plain) {
      const [text, question] = split(pair);
      const answers = recompute[pair.task as DefaultTask](new PromptTable(text), question);
      const said = response(pair);
      const number = readAnswer(said).number?.value ?? Number.NaN;
      const right = answers.some((answer) =>
        typeof answer === 'string'
          ? answer === said
          : Math.abs(answer - number) <= 1e-9 * Math.max(1, Math.abs(answer)),
      );
      if (!right) wrong.push(`${pair.id}: ${question} → ${said}; recomputed ${answers.join(' | ')}`);
    }
    expect(wrong).toEqual([]);
  });

  it('respect the settings', () => {
    const few = makePairs(
      tables,
      settings({ count: 60, tasks: ['change', 'look_up'], max_table_characters: 300 }),
      3,
    );
    expect(few).toHaveLength(60);
    expect(new Set(few.map(({ task }) => task))).toEqual(new Set(['change', 'look_up']));
    expect(Math.max(...few.map((pair) => split(pair)[0].length))).toBeLessThanOrEqual(300);
  });
});
