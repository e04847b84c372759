/**
 * Reads and checks a file of facts.
 * @module
 */
import { z } from 'zod';
import { AttuneError } from '../../errors.js';
import { nearestName } from '../../recipe/nearest.js';
import type { FileFormat } from '../ingest/file-format.js';
import type { FoundFile } from '../ingest/find-files.js';
import { rawRecords } from '../ingest/records/readers/readers.js';
import type { DataProblem } from '../problems.js';
import type { Fact } from './fact.js';

/** Formats that can hold a list of phrasings. */
const readFormats: readonly FileFormat[] = ['jsonl', 'json', 'yaml'];

const kind = (name: string) => ({
  error: ({ input }: { input: unknown }) => (input === undefined ? 'is missing' : `has to be ${name}`),
});
const text = z.string(kind('a text')).trim().min(1, 'is empty');
const shortText = z.union([text, z.number().transform(String)], {
  error: ({ input }) =>
    input === undefined ? 'is missing' : input === '' ? 'is empty' : 'has to be a text or a number',
});

const factSchema = z.object({
  id: shortText.optional(),
  text,
  questions: z.array(text, kind('a list of texts')),
  answer: shortText,
  group: shortText.optional(),
  aspects: z.array(text, kind('a list of texts')).optional(),
  source: text.optional(),
  licence: text.optional(),
});
const fields = Object.keys(factSchema.shape);

const fixes = new Map([
  ['text', 'say the fact as `text`, in one or two sentences'],
  ['questions', 'write several phrasings of one question as a list'],
  ['answer', 'write the short `answer` to all phrasings'],
]);

/** What a file of facts holds, and what is wrong with it. */
export interface ReadFacts {
  facts: Fact[];
  /** All errors; with any of them the facts are not to be used. */
  problems: DataProblem[];
}

/**
 * Reads a file of facts (JSONL, JSON, YAML) as a whole.
 *
 * @param heldOut how many phrasings of each fact are kept out of training; one more at least is needed
 * @throws AttuneError where the file is of another format or cannot be read at all
 */
export async function readFacts(found: FoundFile, heldOut: number, signal?: AbortSignal): Promise<ReadFacts> {
  const { file, format } = found;
  if (!readFormats.includes(format)) {
    throw new AttuneError(`holds no facts: it is a ${format} file`, {
      file,
      fix: 'write facts as JSONL, JSON or YAML; docs/knowledge.md shows their form',
    });
  }
  const facts: Fact[] = [];
  const problems: DataProblem[] = [];
  const ids = new Map<string, number>();
  const asked = new Map<string, Fact>();
  for await (const raw of rawRecords(found, { signal })) {
    const { line, place } = raw;
    const wrong = (field: string | undefined, message: string, fix?: string): void => {
      problems.push({ severity: 'error', file, line, field, message, fix });
    };
    if ('flaw' in raw) {
      wrong(raw.flaw.field, raw.flaw.message, raw.flaw.fix);
      continue;
    }
    const parsed = parseFact(raw.value, wrong);
    if (!parsed) continue;
    const fact: Fact = { ...parsed, id: parsed.id ?? raw.key ?? place ?? String(line), line };
    const sameId = ids.get(fact.id);
    if (sameId !== undefined) {
      wrong(
        'id',
        `the id "${fact.id}" is that of the fact in line ${sameId} too`,
        'give every fact its own id, or none',
      );
    }
    ids.set(fact.id, line);
    checkPhrasings(fact, heldOut, asked, wrong);
    facts.push(fact);
  }
  if (facts.length === 0 && problems.length === 0) {
    const fix = 'write one fact a line; docs/knowledge.md shows their form';
    problems.push({ severity: 'error', file, message: 'holds no facts', fix });
  }
  return { facts, problems };
}

type Wrong = (field: string | undefined, message: string, fix?: string) => void;

function parseFact(value: unknown, wrong: Wrong): z.output<typeof factSchema> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    wrong(undefined, 'a fact has to be an object', 'write `text`, `questions` and `answer` of each fact');
    return undefined;
  }
  for (const name of Object.keys(value)) {
    const nearest = fields.includes(name) ? undefined : nearestName(name, fields);
    if (nearest !== undefined && !Object.hasOwn(value, nearest)) {
      wrong(name, `unknown field \`${name}\``, `did you mean \`${nearest}\`?`);
    }
  }
  const { success, data, error } = factSchema.safeParse(value);
  if (success) return data;
  for (const { path, message } of error.issues) {
    const field = path.join('.');
    wrong(field, `\`${field}\` ${message}`, fixes.get(String(path[0])));
  }
  return undefined;
}

/** Checks that there are enough phrasings, and that nothing that is held out is trained on in other letters. */
function checkPhrasings(fact: Fact, heldOut: number, asked: Map<string, Fact>, wrong: Wrong): void {
  const { questions, line } = fact;
  if (questions.length <= heldOut) {
    const count = `${questions.length} phrasing${questions.length === 1 ? '' : 's'}`;
    wrong(
      'questions',
      `${count} of the question, at least ${heldOut + 1} are wanted: \`held_out_phrasings\` keeps ${heldOut} out of training`,
      'write further phrasings, or hold fewer out',
    );
  }
  for (const [index, question] of questions.entries()) {
    const field = `questions.${index}`;
    const key = questionKey(question);
    const other = asked.get(key);
    if (other === fact) {
      wrong(field, `the phrasing "${question}" is there twice`, 'phrase the question in another way');
    } else if (other) {
      const where = line === other.line ? `fact ${other.id}` : `fact in line ${other.line}`;
      wrong(
        field,
        `the phrasing "${question}" is that of the ${where} too`,
        'ask each fact by its own question',
      );
    }
    asked.set(key, fact);
  }
}

/** A question without what makes no difference: case, white space, marks at its ends. */
function questionKey(question: string): string {
  const words =
    question
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}%$€£+/*=-]+/gu) ?? [];
  return words.join(' ');
}
