/**
 * The domains that a project can start from: folders of `examples/`.
 * @module
 */
import { UsageError } from '../../../errors.js';
import { nearestName } from '../../../recipe/nearest.js';

/** What the user's own data are, as far as `attune init` tells. */
export type DataKind = 'records' | 'documents' | 'tables';

/** An example that is copied as the beginning of a user's own project. */
export interface Domain {
  /** As `--domain` names it, and its folder in `examples/`. */
  readonly name: string;
  /** One line for people. */
  readonly description: string;
  /** Files and folders of the example that are copied; those that an example does not have are left out. */
  readonly files: readonly string[];
  /** The starter data, which `--data` replaces and which then are not copied. */
  readonly starterData: string;
  /** The stages that are kept with the user's own data, by what the data are; others ask for the starter data's tasks. */
  readonly stages?: Readonly<Partial<Record<DataKind, readonly string[]>>>;
  /** A further recipe of the example in a size of minutes. */
  readonly trial?: string;
  /** What to change next, for the project's README. */
  readonly next: readonly string[];
}

const common = ['recipe.yaml', 'benchmark.yaml', 'data'];

/** All domains, in the order in which they are shown. */
export const domains: readonly Domain[] = [
  {
    name: 'finance',
    description: 'statements and reports of companies: figures, calculations, trends',
    files: ['recipe.yaml', 'demo.yaml', 'data/SOURCE.md', 'data/statements.json', 'data/terms.jsonl'],
    starterData: 'data/statements.json',
    stages: { documents: ['general', 'instructions'], records: ['instructions'] },
    trial: 'demo.yaml',
    next: [
      'Statement tables of your own: the form of the file is in docs/statement-tables.md of Attune.',
      'A folder of filings (PDF, HTML, DOCX): name it as `--data`; pairs are then made from their text and tables.',
    ],
  },
  {
    name: 'medical',
    description: 'abstracts of studies: figures, decisions, no advice beyond the text',
    files: common,
    starterData: 'data/studies.jsonl',
    next: [
      'PubMedQA in its original form (`pubmedqa_ori_pqal.json`): name it as `--data`; its official test split is then held out.',
      'Names of medicines that `advice_within_context` should know besides: `{ name: advice_within_context, drugs: [...] }`.',
    ],
  },
  {
    name: 'legal',
    description: 'contracts: kinds of clauses, parties, dates, amounts, quotations',
    files: common,
    starterData: 'data/contracts.jsonl',
    next: [
      'Contracts of your own as records with `context`, `question` and `answer`; one `group` for each contract.',
      'A quotation stands in the answer between quotation marks, so that `verbatim_quotation` finds it.',
    ],
  },
  {
    name: 'science',
    description: 'data sheets: values with units, conversions, comparisons',
    files: common,
    starterData: 'data/sheets.jsonl',
    next: [
      'Data sheets of your own as records with `context`, `question` and `answer`; one `group` for each sheet.',
      'Calculations are answered with the expression and the unit behind it: `1538 + 273.15 K`.',
    ],
  },
  {
    name: 'manuals',
    description: 'maintenance manuals: steps in order, part numbers, values, warnings',
    files: common,
    starterData: 'data/manuals.jsonl',
    next: [
      'Manuals of your own as records with `context`, `question` and `answer`; steps stand on lines of their own: `3. Close the valve.`',
      'The form of your part numbers, where it is an unusual one: `{ name: exact_identifiers, pattern: "\\\\d{3}-\\\\d{4}" }`.',
    ],
  },
];

/** @throws UsageError for a name that is none, with the nearest one */
export function domainNamed(name: string): Domain {
  const found = domains.find((domain) => domain.name === name);
  if (found) return found;
  const names = domains.map((domain) => domain.name);
  const nearest = nearestName(name, names);
  throw new UsageError(`there is no domain "${name}"`, {
    field: '--domain',
    fix: nearest ? `did you mean \`${nearest}\`?` : `name one of ${names.join(', ')}`,
  });
}
