/**
 * The report of a data set: one page that shows where every example comes from and what was left out.
 * @module
 */
import { integer } from '../../page/format.js';
import { type Html, html } from '../../page/html.js';
import { facts, note, section } from '../../page/layout.js';
import { renderShell } from '../../page/shell.js';
import { type DatasetCard, describeReplay } from '../card.js';
import type { Example } from '../example.js';
import type { SourceReport } from '../pipeline/read.js';
import { contaminationSection, duplicatesSection, privacySection } from './checks.js';
import { coverageSection } from './coverage.js';
import { examplesSection, lengthsSection, splitsSection } from './result.js';
import { funnelSection, samplesSection } from './steps.js';

/**
 * Renders the report as one HTML file that needs nothing else.
 *
 * @param examples a few of the training split, to be shown whole
 */
export async function renderDataReport(card: DatasetCard, examples: readonly Example[]): Promise<string> {
  const { train, validation, test } = card.counts;
  return renderShell({
    name: card.sources.map(({ path }) => path).join(', '),
    kind: 'Attune data set',
    aside: card.hash.slice(0, 16),
    sections: [
      headline(card),
      await funnelSection(card),
      sourcesSection(card),
      splitsSection(card),
      await lengthsSection(card),
      await coverageSection(card),
      duplicatesSection(card),
      privacySection(card),
      contaminationSection(card),
      samplesSection(card),
      examplesSection(examples),
      warningsSection(card),
    ].filter((part) => part !== undefined),
    footer: `${integer(train + validation + test)} examples. How they were made is described in docs/data.md.`,
  });
}

function headline({ counts, groups, sources, steps }: DatasetCard): Html {
  const all = counts.train + counts.validation + counts.test;
  const removed = steps.reduce(
    (sum, step) => sum + Object.values(step.removed).reduce((total, count) => total + count, 0),
    0,
  );
  const rejected = sources.reduce((sum, source) => sum + (source.rejected ?? 0), 0);
  return html`<section class="verdict" aria-labelledby="headline"><h2 id="headline">${integer(counts.train)} examples to learn from, ${integer(counts.test)} to be tested on</h2>
${facts([
  ['Examples', integer(all)],
  ['Groups', integer(groups.train + groups.validation + groups.test)],
  ['Removed on the way', integer(removed)],
  ['Records rejected', integer(rejected)],
])}</section>`;
}

function sourcesSection({ sources, licences }: DatasetCard): Html {
  return section(
    'sources',
    'Sources',
    'What was read, and in which form.',
    html`<div class="scroll"><table><thead><tr><th scope="col">Source</th><th scope="col">Kind</th><th scope="col">Read as</th><th scope="col" class="number">Items</th><th scope="col" class="number">Rejected</th></tr></thead>
<tbody>${sources.map(
      ({ path, type, forms, examples, rejected, tables, facts: of, replay }) =>
        html`<tr><th scope="row">${path}</th><td>${type}</td><td>${readAs({ forms, tables, facts: of, replay })}</td><td class="number">${integer(examples)}</td><td class="number">${integer((rejected ?? 0) + (tables?.refused.length ?? 0))}</td></tr>`,
    )}</tbody></table></div>`,
    facts(
      Object.entries(licences).map(([licence, count]) => [
        `Licence ${licence}`,
        `${integer(count)} examples`,
      ]),
    ),
  );
}

/** In which form a source was read, and what its items are for where they are only trained on. */
function readAs({
  forms,
  tables,
  facts: counts,
  replay,
}: Pick<SourceReport, 'forms' | 'tables' | 'facts' | 'replay'>): string {
  if (tables) return `${integer(tables.used)} tables`;
  if (replay) return `${describeReplay(replay)}; only trained on`;
  const read = Object.entries(forms ?? {}).map(([form, files]) => `${integer(files)} ${form}`);
  if (counts) {
    read.push(
      `${integer(counts.facts)} facts, only trained on and not compared for duplicates; ${integer(counts.held_out)} phrasings held out for recall`,
    );
  }
  return read.join(', ');
}

function warningsSection({ warnings }: DatasetCard): Html | undefined {
  if (warnings.length === 0) return undefined;
  return section(
    'warnings',
    'Warnings',
    'What deserves a look before training.',
    ...warnings.map((warning) => note(warning)),
  );
}
