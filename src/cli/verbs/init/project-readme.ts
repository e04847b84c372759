/**
 * The README of a new project: what lies there, what to run, what to change.
 * @module
 */
import type { Domain } from './domains.js';

/** What the README tells of. */
export interface ReadmeOptions {
  /** Files of the project, relative to its folder. */
  files: readonly string[];
  /** Name of the user's own data; undefined with the starter data. */
  data?: string;
}

const meanings: Record<string, string> = {
  'recipe.yaml': 'the run: model, data, training, evaluation',
  'demo.yaml': 'the same in a size of minutes',
  'data/terms.jsonl': 'terms with their definitions: learnt beside the data, and asked for as recall',
  'benchmark.yaml': 'the benchmark of the domain: what is asked and what is measured',
  'data/benchmark.jsonl': 'its questions; they are kept out of training',
  'data/SOURCE.md': 'where the starter data are from, and their licence',
  'data/pubmedqa-train.json': 'PubMedQA without its official test split',
  'data/pubmedqa-test.json': 'the official test split of PubMedQA; kept out of training',
  'recipe.schema.json': 'lets an editor complete and check the recipe',
  'benchmark.schema.json': 'the same for the benchmark',
};

/** The text of the README. */
export function projectReadme(
  { name, description, starterData, trial, next }: Domain,
  options: ReadmeOptions,
): string {
  const meaning = (file: string): string =>
    Object.hasOwn(meanings, file) ? meanings[file]! : file === starterData ? 'the starter data' : '';
  const hasBenchmark = options.files.includes('benchmark.yaml');
  const rows = options.files.map((file) => `| \`${file}\` | ${meaning(file)} |`);
  const data =
    options.data === undefined
      ? `The starter data show the form and make a first run work; they are no substitute for your own. Put yours in the place of
\`${starterData}\` (\`data.sources\` in the recipe), or start anew with \`attune init --domain ${name} --data PATH\`.`
      : `The recipe learns from ${options.data} (\`data.sources\`).${hasBenchmark ? " The benchmark still asks about the starter data's kind of documents." : ''}`;
  const small =
    trial !== undefined && options.files.includes(trial)
      ? `attune run ${trial}              # a trial of some minutes`
      : `attune run recipe.yaml --set name=trial --set training.max_steps=20 --set data.limits.test.examples=20    # a short trial`;
  const benchmark = hasBenchmark
    ? `- \`benchmark.yaml\` and its questions: what your model must be able to do. Write them yourself, from documents that are not in the data.
- \`evaluation.benchmarks[].scorers\`: the checks of the domain.`
    : '- `evaluation.benchmarks`: what your model must be able to do; a benchmark of your own is written as docs/benchmarks.md of Attune says.';
  return `# A model for ${name}

Started with \`attune init --domain ${name}\`: ${description}.

| File | What it is |
|---|---|
${rows.join('\n')}

## First

\`\`\`
attune data check recipe.yaml     # what is in the data and what is wrong with them
${small}
attune run recipe.yaml            # prepare, score the base, train, score the result, report
\`\`\`

The last line of \`attune run\` names the report.

## Then

${data}

${next.map((one) => `- ${one}`).join('\n')}
- \`data.coverage.aspects\`: the subjects of your domain; \`attune data prepare recipe.yaml\` reports which are thin or missing.
${benchmark}
- \`data.limits\`, ${trial === undefined ? '`training.num_train_epochs`' : '`stages[].length`'}: the size of the run.

\`attune help recipe\` explains every field.
`;
}
