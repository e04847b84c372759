/**
 * The page on which raters judge, served from this machine: each rater has a link of their own, and without one there is
 * nothing to see.
 * @module
 */
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';
import type { OnProgress } from '../../progress.js';
import { acquireLock, type Release } from '../../train/lock.js';
import { Desk } from './desk.js';
import { countAttempts, onlyFrom, secureHeaders } from './guard.js';
import { raterFinder, raterLinks } from './links.js';
import { ratingPage } from './page/page.js';
import { pageScript } from './page/script.js';
import { pageStyle } from './page/style.js';
import type { Study } from './study-file.js';

/** What {@link serveStudy} needs. */
export interface ServeStudyOptions {
  study: Study;
  /** Folder of the study. */
  directory: string;
  /** Default 4655, always the same, so that links still work after a restart; 0 takes a free one. */
  port?: number;
  /** Address to listen on. Default `127.0.0.1`: only this machine. Any other needs `allowNetwork`. */
  host?: string;
  /** Lets other machines reach the page. The connection is not encrypted, unless a proxy in front of it does that. */
  allowNetwork?: boolean;
  /** How raters reach the page, for example `https://rating.example.com`, where that is not host and port. */
  origin?: string;
  /** Told of every decision, and in its note of what went wrong. */
  onProgress?: OnProgress;
}

/** A study that is being served. */
export interface ServedStudy {
  /** The raters' own links, in the order of the study. */
  urls: { rater: string; url: string }[];
  /** Stops serving; what was rated is on the disk. */
  close(): Promise<void>;
  /** Resolves once every rater has decided everything that they are asked. */
  finished: Promise<void>;
}

const defaultPort = 4655;
const loopback = new Set(['127.0.0.1', 'localhost', '::1']);
const wildcards = new Set(['0.0.0.0', '::']);
/** Largest request in bytes: the longest comment and room to spare. */
const largestBody = 1 << 16;

type Environment = { Variables: { desk: Desk } };

/**
 * Serves a study until it is closed. A rater's link stays the same over restarts.
 *
 * @throws AttuneError when the port is taken, another process serves the study, or the host lies open to the network
 * without `allowNetwork`
 */
export async function serveStudy(options: ServeStudyOptions): Promise<ServedStudy> {
  const { study, directory, port = defaultPort, host = '127.0.0.1' } = options;
  const given = options.origin === undefined ? undefined : readOrigin(options.origin);
  checkHost(host, options);
  const release = await lockStudy(directory);
  try {
    const links = await raterLinks(directory, study);
    const desks = new Map<string, Desk>();
    for (const { rater } of links) desks.set(rater, await Desk.open(study, directory, rater));
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const report = (note: string): void => {
      const all = [...desks.values()].map((desk) => desk.progress());
      const done = all.reduce((sum, { decided }) => sum + decided.length, 0);
      const total = all.reduce((sum, desk) => sum + desk.total, 0);
      options.onProgress?.({ phase: 'rate', done, total, unit: 'decisions', note });
      if (done === total) finish();
    };
    report('');
    const hosts = new Set<string>();
    const find = raterFinder(links);
    const app = studyApp({
      hosts,
      deskOf: (token) => desks.get(find(token) ?? ''),
      report,
    });
    const server = createAdaptorServer({ fetch: app.fetch, overrideGlobalObjects: false });
    const bound = await listen(server, port, host);
    const names = loopback.has(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [inUrl(host)];
    const origin = given ?? new URL(`http://${inUrl(host)}:${bound}`);
    hosts.add(origin.host);
    if (!wildcards.has(host)) for (const name of names) hosts.add(new URL(`http://${name}:${bound}`).host);
    return {
      urls: links.map(({ rater, token }) => ({ rater, url: new URL(`/r/${token}/`, origin).href })),
      finished,
      close: async () => {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        if ('closeAllConnections' in server) server.closeAllConnections();
        await closed;
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** One page a study: a second one would write into the same ratings. */
function lockStudy(directory: string): Promise<Release> {
  return acquireLock(join(directory, 'server.lock')).catch((error: AttuneError) => {
    throw new AttuneError(`the page of this study is open already: ${error.message}`, {
      file: error.file,
      fix: 'use the page that is open, or end it first',
      cause: error,
    });
  });
}

function checkHost(host: string, { allowNetwork, origin }: ServeStudyOptions): void {
  if (loopback.has(host)) return;
  if (!allowNetwork) {
    throw new AttuneError(`${host} can be reached from other machines`, {
      field: 'host',
      fix: 'leave the host out, or allow the network if raters on other machines are wanted',
    });
  }
  if (wildcards.has(host) && origin === undefined) {
    throw new AttuneError(`${host} says not how raters reach this machine`, {
      field: 'origin',
      fix: 'name it, for example http://192.168.1.20:4655',
    });
  }
}

/** IPv6 addresses stand in brackets. */
const inUrl = (host: string): string => (host.includes(':') ? `[${host}]` : host);

function readOrigin(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash) return url;
  throw new AttuneError(`\`${text}\` is no address of a page`, {
    field: 'origin',
    fix: 'write scheme, name and port, for example https://rating.example.com',
  });
}

/** Listens and gives the port. */
function listen(server: ReturnType<typeof createAdaptorServer>, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE';
      reject(
        taken
          ? new AttuneError(`port ${port} is in use`, {
              field: 'port',
              fix: 'name another port',
              cause: error,
            })
          : fileError(error, `${host}:${port}`),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** The routes. `hosts` is filled once the port is known. */
function studyApp({
  hosts,
  deskOf,
  report,
}: {
  hosts: ReadonlySet<string>;
  deskOf: (token: string) => Desk | undefined;
  report: (note: string) => void;
}): Hono<Environment> {
  const app = new Hono<Environment>();
  const attempts = countAttempts(() => performance.now());
  const refuse = (context: Context): Response => {
    const again = attempts.fail(getConnInfo(context).remote.address ?? '');
    if (!again)
      return context.text('Too many attempts. Try again in a minute.', 429, { 'Retry-After': '60' });
    return context.text('This link does not work. Ask whoever sent it to you for a new one.', 403);
  };
  app.use(secureHeaders);
  app.use(onlyFrom(hosts));
  app.use(bodyLimit({ maxSize: largestBody, onError: (context) => context.text('Too large.', 413) }));
  app.use('/r/:token/*', async (context, next) => {
    const desk = deskOf(context.req.param('token'));
    if (!desk) return refuse(context);
    context.set('desk', desk);
    await next();
  });
  app.get('/r/:token/', (context) => context.html(ratingPage));
  app.get('/r/:token/style.css', (context) =>
    context.body(pageStyle, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  );
  app.get('/r/:token/script.js', (context) =>
    context.body(pageScript, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }),
  );
  app.get('/r/:token/study', (context) => context.json(context.get('desk').describe()));
  app.get('/r/:token/progress', (context) => context.json(context.get('desk').progress()));
  app.get('/r/:token/decisions/:index{[0-9]{1,7}}', (context) => {
    const shown = context.get('desk').show(Number(context.req.param('index')));
    return shown ? context.json(shown) : context.json({ message: 'There is no such decision.' }, 404);
  });
  app.put('/r/:token/decisions/:index{[0-9]{1,7}}', async (context) => {
    if (!context.req.header('content-type')?.startsWith('application/json')) {
      return context.json({ message: 'JSON is wanted.' }, 415);
    }
    const body: unknown = await context.req.json().catch(() => undefined);
    const desk = context.get('desk');
    await desk.decide(Number(context.req.param('index')), body, new Date().toISOString());
    report(desk.rater);
    return context.json(desk.progress());
  });
  app.notFound((context) => refuse(context));
  app.onError((error, context) => {
    if (error instanceof AttuneError && error.file === undefined) {
      return context.json({ message: `The decision ${error.message}.` }, 400);
    }
    // What went wrong here is for the one who runs the study; the rater's page keeps the decision and tries again.
    report(error instanceof AttuneError ? error.describe() : error.message);
    return context.json({ message: 'The decision could not be kept.' }, 500);
  });
  return app;
}
