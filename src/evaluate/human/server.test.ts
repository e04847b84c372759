import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { countAttempts } from './guard.js';
import { importRatings } from './ratings.js';
import { ratingsFile, readRatings } from './ratings-file.js';
import { type ServedStudy, type ServeStudyOptions, serveStudy } from './server.js';
import { writeAnswers } from './study.fixture.js';
import { createStudy, type Study, studyDirectory } from './study.js';

let run: string;
let study: Study;
let directory: string;
let served: ServedStudy | undefined;
beforeAll(async () => {
  run = await mkdtemp(join(tmpdir(), 'attune-server-'));
  await writeAnswers(run, { count: 3 });
  study = await createStudy({ runDirectory: run, name: 's', settings: { raters: ['Anna', 'Ben'] }, seed: 2 });
  directory = studyDirectory(run, 's');
});
afterAll(() => rm(run, { recursive: true, force: true }));
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function serve(options: Partial<ServeStudyOptions> = {}): Promise<{ url: string; origin: string }> {
  served = await serveStudy({ study, directory, port: 0, ...options });
  const { url } = served.urls[0]!;
  return { url, origin: new URL(url).origin };
}

const put = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

/** A request with headers that `fetch` does not let through. */
function raw(url: string, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const decision = { choice: 'left', comment: 'clear', seconds: 3 };

describe('serveStudy', () => {
  it('keeps a decision on the disk, and says how far the rater is', async () => {
    const notes: string[] = [];
    const { url } = await serve({
      onProgress: ({ done, total, note }) => notes.push(`${done}/${total} ${note}`),
    });
    const first = await (await fetch(`${url}decisions/0`)).json();
    expect(first).toMatchObject({ index: 0, answers: [expect.any(String), expect.any(String)] });
    const response = await put(`${url}decisions/0`, decision);
    expect(await response.json()).toMatchObject({ total: 3, decided: [0], typical_seconds: 3 });
    const [rating] = (await readRatings(study, directory, 'Anna')).values();
    expect(rating).toMatchObject({ choice: 'left', comment: 'clear', seconds: 3 });
    expect(await (await fetch(`${url}progress`)).json()).toMatchObject({ decided: [0] });
    expect(notes).toEqual(['0/6 ', '1/6 Anna']);
  });

  it('shows nothing without the right secret, and slows who guesses', async () => {
    const { url, origin } = await serve();
    const wrong = `${origin}/r/${'A'.repeat(43)}/`;
    const almost = url.slice(0, -2) + (url.at(-2) === 'A' ? 'B' : 'A');
    for (const path of [
      origin,
      `${origin}/`,
      wrong,
      `${wrong}script.js`,
      `${wrong}study`,
      almost,
      `${origin}/r/`,
    ]) {
      const response = await fetch(path);
      expect(response.status).toBe(403);
      expect(await response.text()).toBe(
        'This link does not work. Ask whoever sent it to you for a new one.',
      );
    }
    expect((await put(`${wrong}decisions/0`, decision)).status).toBe(403);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 20; attempt++) statuses.push((await fetch(wrong)).status);
    expect(statuses.at(-1)).toBe(429);
    expect((await fetch(url)).status).toBe(200);
  });

  it('gives raters links of their own that still work after a restart', async () => {
    await serve();
    const links = served!.urls.map(({ url }) => new URL(url).pathname);
    expect(new Set(links).size).toBe(2);
    await served!.close();
    await serve();
    expect(served!.urls.map(({ url }) => new URL(url).pathname)).toEqual(links);
    const file = join(directory, 'links.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const elsewhere = await readFile(join(directory, 'study.json'), 'utf8');
    for (const link of links) expect(elsewhere).not.toContain(link.split('/')[2]);
    const [anna, ben] = await Promise.all(
      served!.urls.map(async ({ url }) => (await fetch(`${url}study`)).json() as Promise<{ rater: string }>),
    );
    expect([anna!.rater, ben!.rater]).toEqual(['Anna', 'Ben']);
  });

  it('refuses other hosts and what other pages send', async () => {
    const { url } = await serve();
    expect(await raw(url, { host: 'rebound.example' })).toEqual({ status: 421, text: 'Unknown host.' });
    expect((await raw(url, { host: new URL(url).host })).status).toBe(200);
    expect((await raw(url, { host: new URL(url).host, origin: 'https://evil.example' })).status).toBe(403);
    const before = (await readRatings(study, directory, 'Anna')).size;
    expect((await put(`${url}decisions/1`, decision, { Origin: 'null' })).status).toBe(403);
    expect((await put(`${url}decisions/1`, decision, { 'Content-Type': 'text/plain' })).status).toBe(415);
    expect((await readRatings(study, directory, 'Anna')).size).toBe(before);
  });

  it('sets headers that let nothing in and nothing out', async () => {
    const { url, origin } = await serve();
    for (const path of [url, `${url}study`, `${origin}/nothing`]) {
      const { headers } = await fetch(path);
      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
    const page = await (await fetch(url)).text();
    expect(page).not.toMatch(/https?:|<style|style=|onclick/);
  });

  it('refuses what is no decision, and what is too large', async () => {
    const { url } = await serve();
    const size = (await readFile(ratingsFile(directory, 'Anna'), 'utf8')).length;
    expect((await put(`${url}decisions/1`, { choice: 'tuned' })).status).toBe(400);
    expect((await put(`${url}decisions/1`, '{"choice":')).status).toBe(400);
    expect((await put(`${url}decisions/3`, decision)).status).toBe(400);
    expect((await put(`${url}decisions/1`, { ...decision, comment: 'x'.repeat(70_000) })).status).toBe(413);
    expect((await fetch(`${url}decisions/3`)).status).toBe(404);
    expect((await readFile(ratingsFile(directory, 'Anna'), 'utf8')).length).toBe(size);
  });

  it('says when everybody is done, also when they were before', async () => {
    await serve();
    let done = false;
    served!.finished.then(() => {
      done = true;
    });
    for (const { url } of served!.urls) {
      expect(done).toBe(false);
      for (let index = 0; index < 3; index++) await put(`${url}decisions/${index}`, decision);
    }
    await served!.finished;
    await served!.close();
    await serve();
    await served!.finished;
  });

  it('stays on this machine unless told otherwise', async () => {
    await expect(serve({ host: '0.0.0.0' })).rejects.toMatchObject({ field: 'host' });
    await expect(serve({ host: '0.0.0.0', allowNetwork: true })).rejects.toMatchObject({ field: 'origin' });
    await expect(serve({ origin: 'rating.example' })).rejects.toMatchObject({ field: 'origin' });
    const origin = 'https://rating.example';
    const { url } = await serve({ host: '0.0.0.0', allowNetwork: true, origin });
    expect(url).toMatch(/^https:\/\/rating\.example\/r\/[\w-]{43}\/$/);
  });

  it('does not let two processes write one study', async () => {
    await serve();
    await expect(serveStudy({ study, directory, port: 0 })).rejects.toThrow('another process');
    const file = join(run, 'elsewhere.jsonl');
    await writeFile(file, '');
    await expect(importRatings(directory, file)).rejects.toThrow('another process');
    await served!.close();
    served = undefined;
    expect(await importRatings(directory, file)).toEqual({ added: 0, unchanged: 0 });
  });

  it('says that a port is taken', async () => {
    const { origin } = await serve();
    const other = await createStudy({
      runDirectory: run,
      name: 'other',
      settings: { raters: ['Zoe'] },
      seed: 2,
    });
    const port = Number(new URL(origin).port);
    const folder = studyDirectory(run, 'other');
    await expect(serveStudy({ study: other, directory: folder, port })).rejects.toMatchObject({
      field: 'port',
    });
    // And the study is free again.
    await (await serveStudy({ study: other, directory: folder, port: 0 })).close();
  });
});

describe('countAttempts', () => {
  it('allows twenty a minute from each sender, and forgets', () => {
    let now = 0;
    const attempts = countAttempts(() => now);
    for (let attempt = 0; attempt < 20; attempt++) expect(attempts.fail('a')).toBe(true);
    expect(attempts.fail('a')).toBe(false);
    expect(attempts.fail('b')).toBe(true);
    now = 61_000;
    expect(attempts.fail('a')).toBe(true);
  });
});
