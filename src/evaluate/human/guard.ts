/**
 * What a request has to be before it gets to see anything of a study.
 * @module
 */
import type { MiddlewareHandler } from 'hono';

/** Nothing from elsewhere, nothing kept, nothing shown inside another page. */
const headers: Record<string, string> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; '),
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
  'X-Robots-Tag': 'noindex, nofollow',
};

/** Sets the security headers on every answer, refusals and errors included. */
export const secureHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
};

/**
 * Refuses requests that name another host: a page elsewhere may have its name resolve to this machine (DNS rebinding), and
 * the browser would take both for one origin. Requests that another page makes are refused too.
 *
 * @param hosts what a `Host` header may say, with its port
 */
export function onlyFrom(hosts: ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host')?.toLowerCase();
    if (host === undefined || !hosts.has(host)) return context.text('Unknown host.', 421);
    const origin = context.req.header('origin');
    if (origin !== undefined && !hosts.has(origin.toLowerCase().replace(/^https?:\/\//, ''))) {
      return context.text('Refused.', 403);
    }
    const site = context.req.header('sec-fetch-site');
    const reads = context.req.method === 'GET' || context.req.method === 'HEAD';
    if (!reads && site !== undefined && site !== 'same-origin') return context.text('Refused.', 403);
    await next();
  };
}

/** Failed attempts by sender. */
export interface Attempts {
  /** Notes a failure; true while the sender may fail again, at most 20 times a minute. */
  fail(sender: string): boolean;
}

const allowed = 20;
const minute = 60_000;
const mostSenders = 1000;

/**
 * Counts failed attempts by sender.
 *
 * @param now milliseconds of a clock that never goes back
 */
export function countAttempts(now: () => number): Attempts {
  const failures = new Map<string, { count: number; since: number }>();
  return {
    fail: (sender) => {
      const at = now();
      const known = failures.get(sender);
      const entry = known && at - known.since < minute ? known : { count: 0, since: at };
      entry.count += 1;
      failures.delete(sender);
      failures.set(sender, entry);
      // The oldest go first, so that many senders can't fill the memory.
      if (failures.size > mostSenders) failures.delete(failures.keys().next().value!);
      return entry.count <= allowed;
    },
  };
}
