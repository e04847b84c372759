import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Comparison, Judgement } from '../comparison.js';
import { readDataSummary } from './data-summary.js';
import { writeFinishedRun, writeTraining } from './run-folder.fixture.js';
import { headline } from './sections/verdict.js';
import { smooth } from './smoothing.js';
import { writeReport } from './write-report.js';

let directory: string;
let finished: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attune-report-'));
  finished = join(directory, 'finance-demo');
  await writeFinishedRun(finished);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('writeReport', () => {
  it('holds every part, and nothing that has to be fetched', async () => {
    const file = await writeReport(finished);
    expect(file).toBe(join(finished, 'report.html'));
    const page = await readFile(file, 'utf8');
    for (const part of [
      'Tuned is better than base and base-3-shot.',
      'percentage change',
      'held-out',
      'smollm2-135m-instruct',
      'AMD EPYC 9B14',
      'attune run examples/finance/demo.yaml',
      'CC-BY-4.0',
      'default-src &#39;none&#39;',
    ]) {
      expect(page).toContain(part);
    }
    expect(
      page.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', ''),
    ).not.toMatch(/https?:|url\(|@import/);
    expect(page).not.toContain('<img');
    // A chart colour that found no variable would be a slot of its own.
    expect(page).not.toContain('#00a1');
    expect(await writeReport(finished).then((again) => readFile(again, 'utf8'))).toBe(page);
  });

  it('says what is missing from a run that was not evaluated', async () => {
    const run = join(directory, 'trained');
    await writeTraining(run);
    const page = await readFile(await writeReport(run), 'utf8');
    expect(page).toContain('No verdict yet.');
    expect(page).toContain('No system was evaluated in this run.');
    expect(page).toContain('chart-wide');
  });

  it('says what is missing from a run that was only evaluated', async () => {
    const run = join(directory, 'evaluated');
    await writeFinishedRun(run, 2);
    for (const name of ['manifest.json', 'recipe.yaml', 'plan.json', 'metrics.jsonl', 'verdict.json']) {
      await rm(join(run, name));
    }
    await appendFile(join(run, 'evaluation/held-out/tuned.jsonl'), '{"half');
    const page = await readFile(await writeReport(run), 'utf8');
    expect(page).toContain('No optimizer step is recorded');
    expect(page).toContain('says nothing of its data');
    expect(page).toContain('neither manifest nor recipe');
    expect(page).toContain('Scores on <span');
  });

  it('refuses what is no run, and a run that is broken', async () => {
    const empty = join(directory, 'empty');
    await mkdir(empty);
    await expect(writeReport(empty)).rejects.toThrow('is no run folder');
    await writeFile(join(empty, 'verdict.json'), '[{');
    await expect(writeReport(empty)).rejects.toMatchObject({ file: join(empty, 'verdict.json') });
    expect(existsSync(join(empty, 'report.html'))).toBe(false);
  });
});

describe('parts', () => {
  const entry = (baseline: string, verdict: Judgement): Comparison =>
    ({ systems: ['tuned', baseline], verdict }) as Comparison;

  it.each([
    [[], 'No verdict yet.'],
    [[entry('base', 'better')], 'Tuned is better than base.'],
    [[entry('base', 'worse'), entry('b', 'worse')], 'Tuned is worse than base and b.'],
    [[entry('base', 'cannot tell')], 'Tuned may be no different from base: the items cannot tell.'],
    [
      [entry('base', 'better'), entry('b', 'cannot tell')],
      'Tuned is better than base; whether it beats b, the items cannot tell.',
    ],
    [[entry('base', 'better'), entry('b', 'worse')], 'Tuned is better than base, but worse than b.'],
  ])('headline %#', (comparisons, expected) => expect(headline(comparisons)).toBe(expected));

  it('smooths a curve without moving its mean or its ends', () => {
    const points = Array.from({ length: 80 }, (_, step) => ({ step, loss: step }));
    const curve = smooth(points);
    expect(curve[40]).toEqual({ step: 40, loss: 40 });
    expect(curve[0]!.loss).toBe(1);
    expect(smooth([{ step: 1, loss: 3 }])).toEqual([{ step: 1, loss: 3 }]);
  });

  it('takes of a manifest what it understands', () => {
    expect(readDataSummary({ tokens: 12, rows: 'many', extra: 1 })).toEqual({ tokens: 12, rows: undefined });
    expect(readDataSummary(undefined)).toEqual({});
    expect(readDataSummary('text')).toEqual({});
  });
});

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => existsSync(file),
);
const without = browserPath ? '' : ' (skipped: no Chromium under /usr/bin)';

describe.skipIf(!browserPath)(`in Chromium${without}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    await writeReport(finished);
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  /** Opens the report and collects everything that a console or a network would show. */
  async function open(
    width: number,
    colorScheme: 'light' | 'dark',
  ): Promise<{ page: Page; trouble: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      if (!/^(file|data):/.test(request.url())) trouble.push(request.url());
    });
    await page.goto(`file://${finished}/report.html`);
    return { page, trouble };
  }

  it.each([
    [390, 'light'],
    [1280, 'dark'],
  ] as const)('fits %d pixels (%s) and runs nothing that a model wrote', async (width, scheme) => {
    const { page, trouble } = await open(width, scheme);
    await page.locator('.more').click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    expect(await page.evaluate('window.hacked')).toBeUndefined();
    expect(await page.locator('.item').count()).toBe(50);
    expect(await page.locator('.item .said', { hasText: 'window.hacked = true' }).count()).toBeGreaterThan(0);
    const [charts, hidden] = width < 640 ? ['narrow', 'wide'] : ['wide', 'narrow'];
    for (const chart of await page.locator(`.chart-${charts}`).all())
      expect(await chart.isVisible()).toBe(true);
    expect(await page.locator(`.chart-${hidden}`).first().isVisible()).toBe(false);
    const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(paper).toBe(scheme === 'dark' ? 'rgb(21, 21, 19)' : 'rgb(251, 250, 247)');
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('filters by outcome and task', async () => {
    const { page } = await open(1280, 'light');
    const shown = () => page.locator('.shown').textContent();
    expect(await shown()).toBe('25 of 84 items');
    const button = page.locator('[data-outcome="fixed"]');
    const count = Number(await button.locator('b').textContent());
    await button.click();
    expect(await shown()).toContain(`of ${count} items`);
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    await page.locator('[data-task]').selectOption('percentage change');
    const first = page.locator('.item').first();
    expect(await first.locator('.task').textContent()).toContain('percentage change');
    expect(await first.locator('.mark').allTextContents()).toEqual(['wrong', expect.any(String), 'right']);
    expect(await first.locator('.value').first().textContent()).toMatch(/^= [\d.]+\u202f%$/);
    await page.close();
  });
});
