import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRichRun } from './rich-run.fixture.js';
import { writeReport } from './write-report.js';

let directory: string;
let page: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-rich-'));
  await writeRichRun(directory);
  page = await readFile(await writeReport(directory), 'utf8');
}, 60_000);
afterAll(() => rm(directory, { recursive: true, force: true }));

/** The text of a section, without markup. */
function sectionText(id: string): string {
  const found = new RegExp(`<section id="${id}"[\\s\\S]*?</section>`).exec(page);
  return (found?.[0] ?? '')
    .replace(/<script[\s\S]*?<\/script>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('the report', () => {
  it('names what was forgotten beside the gain', () => {
    expect(page).toMatch(/Tuned is better than base and base-3-shot[^<]*\. It forgot: −33.3 points/);
    expect(sectionText('verdict')).toContain('The loss is larger than the 5 % that the recipe puts up with.');
  });

  it('shows every metric of every system with n and interval', () => {
    const scores = sectionText('scores-0');
    expect(scores).toMatch(/exact match 84 items/);
    expect(scores).toMatch(/Token f1 84 items/i);
    expect(sectionText('scores-1')).toMatch(/Expected calibration error 120 items, less is better/i);
  });

  it('says how long answers took where they were timed', () => {
    expect(sectionText('scores-0')).toMatch(/Time from question to answer .* ana 84 answers/);
  });

  it('says where the expert is still better', () => {
    const experts = sectionText('experts');
    expect(experts).toContain('tuned and ana on held-out');
    expect(experts).toMatch(/The expert has the higher score at change, [^.]*, which may be chance\./);
  });

  it('exposes the judge who always prefers the first answer', () => {
    const judge = sectionText('judge-0');
    expect(judge).toContain('This judge is biased.');
    expect(judge).toContain('It prefers the answer that is shown first: in 100 % of');
    expect(judge).toContain('Its preferences are no evidence.');
    expect(judge).toMatch(/Agreement with people κ = /);
  });

  it('shows what people preferred and how far they agree', () => {
    const people = sectionText('people-0');
    expect(people).toMatch(/tuned against base-3-shot/);
    expect(people).toMatch(/Krippendorff’s α = -?0\.\d\d/);
    expect(people).toMatch(/items to discuss: the raters differ/);
  });
});
