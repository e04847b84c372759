import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HumanStudyInput } from '../../../recipe/evaluation/human.js';
import { ratingsFile } from '../ratings-file.js';
import { studyResults } from '../results.js';
import { type ServedStudy, serveStudy } from '../server.js';
import { hostileText, writeAnswers } from '../study.fixture.js';
import { createStudy, studyDirectory } from '../study.js';

const browserPath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => existsSync(file),
);
const without = browserPath ? '' : ' (skipped: no Chromium under /usr/bin)';

describe.skipIf(!browserPath)(`in Chromium${without}`, () => {
  let browser: Browser;
  let run: string;
  const services: ServedStudy[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
    run = await mkdtemp(join(tmpdir(), 'attune-page-'));
    await writeAnswers(run, { count: 4 });
  });
  afterAll(async () => {
    await browser?.close();
    for (const service of services) await service.close();
    await rm(run, { recursive: true, force: true });
  });

  async function serve(
    name: string,
    settings: HumanStudyInput,
  ): Promise<{ urls: string[]; directory: string }> {
    const study = await createStudy({ runDirectory: run, name, settings, seed: 5 });
    const directory = studyDirectory(run, name);
    const served = await serveStudy({ study, directory, port: 0 });
    services.push(served);
    return { urls: served.urls.map(({ url }) => url), directory };
  }

  /** Opens a link in a browser of its own, and collects what a console or another network would show. */
  async function open(
    url: string,
    { width = 1280, colorScheme = 'light' as 'light' | 'dark' } = {},
  ): Promise<{ page: Page; trouble: string[] }> {
    const phone = width < 640;
    const viewport = { width, height: 844 };
    const context = await browser.newContext({ viewport, colorScheme, isMobile: phone, hasTouch: phone });
    const page = await context.newPage();
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(url) && !request.url().startsWith('data:')) trouble.push(request.url());
    });
    await page.goto(url);
    return { page, trouble };
  }

  const place = (page: Page, text: string) =>
    page.locator('#place', { hasText: new RegExp(`^${text}$`) }).waitFor({ state: 'visible' });
  const visible = (page: Page, id: string) => page.locator(id).waitFor({ state: 'visible' });

  /** Number of the item that is shown, from its question, and whether the tuned system's answer is A. */
  async function read(page: Page): Promise<{ item: number; tunedIsA: boolean }> {
    const figures = ['Revenue', 'Gross profit', 'Operating income', 'Cost of sales'];
    const question = await page.locator('#question').textContent();
    const [a] = await page.locator('.answer .said').allTextContents();
    const tunedIsA = /^\d/.test(a!) || a === hostileText;
    return { item: figures.findIndex((figure) => question!.includes(figure)), tunedIsA };
  }

  /** Decides what is shown as the rater would have it, by keys only. */
  async function decide(page: Page, say: (item: number) => string): Promise<void> {
    const { item, tunedIsA } = await read(page);
    const said = say(item);
    const sides: Record<string, string> = {
      tuned: tunedIsA ? '1' : 'ArrowRight',
      base: tunedIsA ? '2' : 'ArrowLeft',
    };
    await page.keyboard.press({ equal: '=', both_bad: '4', ...sides }[said]!);
  }

  it('lets two raters judge by keys, goes on after a reload, and comes to what pencil and paper say', async () => {
    const { urls, directory } = await serve('two', { raters: ['Anna', 'Ben'], instructions: 'Be fair.' });
    // As in results.test.ts: Anna prefers tuned but for item 3; Ben tuned on 0, neither on 1 and 2, base on 3.
    const opinions = [
      (item: number) => (item < 3 ? 'tuned' : 'base'),
      (item: number) => ['tuned', 'equal', 'both_bad', 'base'][item]!,
    ];
    const windows = await Promise.all(urls.map((url) => open(url)));
    for (const [rater, { page }] of windows.entries()) {
      await visible(page, '#start');
      expect(await page.locator('#instructions').textContent()).toBe('Be fair.');
      await page.keyboard.press('Enter');
      for (let index = 1; index <= 4; index++) {
        await place(page, `${index} of 4`);
        if (index === 3) {
          await page.reload();
          await place(page, '3 of 4');
        }
        if (index === 2) {
          await page.keyboard.press('c');
          await page.keyboard.type('Keys in a comment: 1 2 = u ?');
          await page.keyboard.press('Escape');
        }
        await decide(page, opinions[rater]!);
      }
      await visible(page, '#finish');
      expect(await page.locator('#finish-title').textContent()).toContain(rater === 0 ? 'Anna' : 'Ben');
      expect(await page.locator('#count').textContent()).toBe('4 of 4');
    }
    await services.at(-1)!.finished;
    const results = await studyResults(directory, { confidence: 0.95, resamples: 1000, seed: 1 });
    expect(results.all.winRates[0]).toMatchObject({ wins: 4, losses: 2, ties: 2, bothBad: 1, rate: 0.625 });
    expect(results.raters.map(({ winRates }) => winRates[0]!.rate)).toEqual([0.75, 0.5]);
    expect(results.agreement[0]!.alpha).toBeCloseTo(0.3, 12);
    expect(await readFile(ratingsFile(directory, 'Ben'), 'utf8')).toContain('Keys in a comment: 1 2 = u ?');
    for (const { page, trouble } of windows) {
      expect(trouble).toEqual([]);
      await page.context().close();
    }
  });

  it('goes back with u, shows the decision, and changes it', async () => {
    const { urls, directory } = await serve('back', { raters: ['Anna'] });
    const { page, trouble } = await open(urls[0]!);
    await visible(page, '#start');
    await page.keyboard.press('Enter');
    await place(page, '1 of 4');
    await page.keyboard.press('1');
    await place(page, '2 of 4');
    await page.keyboard.press('u');
    await place(page, '1 of 4');
    expect(await page.locator('[data-choice="left"]').getAttribute('aria-pressed')).toBe('true');
    await page.keyboard.press('x');
    await place(page, '2 of 4');
    await page.keyboard.press('n');
    await place(page, '3 of 4');
    await page.keyboard.press('Backspace');
    await place(page, '2 of 4');
    await page.keyboard.press('?');
    await visible(page, '#help');
    // Keys decide nothing behind the help.
    await page.keyboard.press('1');
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await page.locator('#context:not([open])').waitFor();
    await page.reload();
    await place(page, '2 of 4');
    expect(await page.locator('#count').textContent()).toMatch(/^1 of 4 · about \d+ s left$/);
    expect(await page.locator('#context').getAttribute('open')).toBeNull();
    const lines = (await readFile(ratingsFile(directory, 'Anna'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).choice)).toEqual(['left', 'both_bad']);
    expect(trouble).toEqual([]);
    await page.context().close();
  });

  it('keeps decisions while the server is away, over a reload, and sends them later', async () => {
    const { urls, directory } = await serve('away', { raters: ['Anna'] });
    const { page } = await open(urls[0]!);
    await visible(page, '#start');
    await page.keyboard.press('Enter');
    await place(page, '1 of 4');
    await page.waitForLoadState('networkidle');
    await page.route('**/decisions/*', (route) =>
      route.request().method() === 'PUT' ? route.abort() : route.continue(),
    );
    await page.keyboard.press('1');
    await place(page, '2 of 4');
    await page.keyboard.press('2');
    await place(page, '3 of 4');
    await page.locator('#saved', { hasText: '2 not saved yet' }).waitFor({ state: 'visible' });
    expect(existsSync(ratingsFile(directory, 'Anna'))).toBe(true);
    expect(await readFile(ratingsFile(directory, 'Anna'), 'utf8')).toBe('');
    await page.reload();
    await place(page, '3 of 4');
    await page.unroute('**/decisions/*');
    await page.locator('#saved').waitFor({ state: 'hidden' });
    await expect.poll(() => readFile(ratingsFile(directory, 'Anna'), 'utf8')).toMatch(/left.*\n.*right.*\n$/);
    await page.context().close();
  });

  it('shows nothing to a wrong link', async () => {
    const { urls } = await serve('wrong', { raters: ['Anna'] });
    const page = await browser.newPage();
    const response = await page.goto(`${urls[0]!.slice(0, -8)}AAAAAAA/`);
    expect(response!.status()).toBe(403);
    expect(await page.locator('body').textContent()).toBe(
      'This link does not work. Ask whoever sent it to you for a new one.',
    );
    await page.close();
  });

  it.each([
    [390, 'light'],
    [1280, 'dark'],
  ] as const)(
    'fits %d pixels (%s), shows markup as text, and is usable by touch',
    async (width, colorScheme) => {
      const { urls } = await serve(`fits-${width}`, { raters: ['Anna'] });
      const { page, trouble } = await open(urls[0]!, { width, colorScheme });
      await page.locator('#begin').click();
      const paper = await page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe(colorScheme === 'dark' ? 'rgb(21, 21, 19)' : 'rgb(251, 250, 247)');
      let hostile = 0;
      const heads = new Set<string>();
      let context = '';
      for (let index = 1; index <= 4; index++) {
        await place(page, `${index} of 4`);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        context += await page.locator('#context-body').textContent();
        heads.add((await page.locator('#context-body th').allTextContents()).join());
        const [a, b] = await page.locator('.answer').all();
        const [first, second] = [(await a!.boundingBox())!, (await b!.boundingBox())!];
        if (width < 640) expect(second.y).toBeGreaterThanOrEqual(first.y + first.height);
        else expect(second.x).toBeGreaterThanOrEqual(first.x + first.width);
        hostile += (await page.locator('.said').allTextContents()).filter(
          (text) => text === hostileText,
        ).length;
        const button = page.locator('[data-choice="right"]');
        expect((await button.boundingBox())!.height).toBeGreaterThanOrEqual(44);
        if (width < 640) await button.tap();
        else await button.click();
      }
      await visible(page, '#finish');
      expect(hostile).toBe(1);
      expect(context).toContain(hostileText);
      // Tables of both forms are shown as tables with their columns' names on top.
      expect([...heads].sort()).toEqual([
        ',2019,2018',
        'Consolidated statement of income (in millions),2019,2018',
      ]);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('main img, main script').count()).toBe(0);
      expect(trouble).toEqual([]);
      await page.context().close();
    },
  );

  it('scores a rubric by number keys', async () => {
    const criteria = [
      { name: 'correct', description: 'Is it right?', scale: 5 },
      { name: 'clear', scale: 3 },
    ];
    const { urls, directory } = await serve('rubric', {
      raters: ['Anna'],
      form: 'rubric',
      criteria,
      items: 1,
    });
    const { page, trouble } = await open(urls[0]!);
    await visible(page, '#start');
    await page.keyboard.press('Enter');
    await place(page, '1 of 2');
    await page.keyboard.press('Enter');
    expect(await page.locator('#choices button').isDisabled()).toBe(true);
    await page.keyboard.press('4');
    // Beyond its scale, so nothing.
    await page.keyboard.press('5');
    await page.keyboard.press('3');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('2');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('5');
    await page.keyboard.press('Enter');
    await place(page, '2 of 2');
    await page.keyboard.press('1');
    await page.keyboard.press('1');
    await page.keyboard.press('Enter');
    await visible(page, '#finish');
    await services.at(-1)!.finished;
    const lines = (await readFile(ratingsFile(directory, 'Anna'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).scores)).toEqual([
      { correct: 5, clear: 2 },
      { correct: 1, clear: 1 },
    ]);
    await page.keyboard.press('u');
    await place(page, '2 of 2');
    expect(await page.locator('input:checked').count()).toBe(2);
    expect(trouble).toEqual([]);
    await page.context().close();
  });
});
