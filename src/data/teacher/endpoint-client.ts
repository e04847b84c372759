/**
 * Requests to an endpoint that speaks the OpenAI protocol, tried again where that helps.
 * @module
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import { randomStream } from '../../random.js';
import type { EndpointSettings } from '../../recipe/endpoint.js';
import { RequestGate } from './request-gate.js';
import { TeacherError } from './teacher.js';

const longestWait = 60_000;
/** A server that asks to wait longer than this is taken to be away. */
const longestRetryAfter = 600_000;
const excerptLength = 200;

/** The settings that a client needs. */
export type ClientSettings = Omit<EndpointSettings, 'json_mode' | 'seconds_per_call'>;

/** A request. */
export interface EndpointRequest<T> {
  /** Below `base_url`, for example `/chat/completions`. */
  path: string;
  body: object;
  /** Of the jitter of waits. */
  seed: number;
  /** What the body of the response says; undefined where it is not what was asked for, which is tried again. */
  read: (json: unknown) => T | undefined;
}

/** Sends requests, as many at a time and a minute as the settings allow. */
export interface EndpointClient {
  /** For people, for example `qwen2.5-72b at localhost:8000`. */
  name: string;
  /**
   * @returns what the response says, and how long the attempt took that gave it
   * @throws TeacherError when there is no answer to this request
   * @throws the signal's reason when aborted
   */
  post<T>(request: EndpointRequest<T>, signal?: AbortSignal): Promise<{ value: T; seconds: number }>;
}

interface Connection {
  base: string;
  key: string | undefined;
  settings: ClientSettings;
  /** Where the settings stand in the recipe. */
  field: string;
  gate: RequestGate;
}

/** An attempt that failed in a way that may be over soon. */
class Passing extends Error {
  /** Wait that the server asked for, in milliseconds. */
  readonly wait?: number;

  constructor(message: string, wait?: number) {
    super(message);
    this.wait = wait;
  }
}

/**
 * A client of an endpoint. The key is read from the environment now and goes nowhere but into the `Authorization`
 * header; redirects are not followed, so that it reaches no other server.
 *
 * Busy and broken servers (408, 409, 425, 429, 5xx), lost connections, broken bodies and answers that take too long are
 * tried again after a wait that doubles, with jitter, or that the server asks for (`Retry-After`); other refusals are
 * not. Jitter is drawn from the request, as everything that is random.
 *
 * @param field where the settings stand in the recipe, for messages
 * @throws AttuneError when the variable of the key is not set
 */
export function createEndpointClient(
  settings: ClientSettings,
  field: string,
  environment: NodeJS.ProcessEnv,
): EndpointClient {
  const connection: Connection = {
    base: settings.base_url.replace(/\/+$/, ''),
    key: readKey(settings, field, environment),
    settings,
    field,
    gate: new RequestGate(settings.concurrency, settings.requests_per_minute),
  };
  return {
    name: `${settings.model} at ${new URL(settings.base_url).host}`,
    post: (request, signal) =>
      connection.gate.pass(() => postWithRetries(connection, request, signal), signal),
  };
}

function readKey(
  { api_key_env }: ClientSettings,
  field: string,
  environment: NodeJS.ProcessEnv,
): string | undefined {
  if (api_key_env === undefined) return undefined;
  const key = environment[api_key_env]?.trim();
  if (key) return key;
  throw new AttuneError(`the environment variable ${api_key_env} is not set`, {
    field: `${field}.api_key_env`,
    fix: `set ${api_key_env} to the key of the endpoint`,
  });
}

async function postWithRetries<T>(
  connection: Connection,
  request: EndpointRequest<T>,
  signal?: AbortSignal,
): Promise<{ value: T; seconds: number }> {
  const { settings, gate, field } = connection;
  const random = randomStream(request.seed, 'endpoint', 'retry', hashJson(request.body));
  for (let attempt = 0; ; attempt++) {
    await gate.pace(signal);
    try {
      const start = performance.now();
      const value = await postOnce(connection, request, signal);
      return { value, seconds: (performance.now() - start) / 1000 };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      if (attempt >= settings.retries || (error.wait ?? 0) > longestRetryAfter) {
        throw new TeacherError(
          `the endpoint gave no answer in ${attempt + 1} attempt${attempt === 0 ? '' : 's'}: ${error.message}`,
          {
            field,
            fix: 'check that the endpoint runs, or raise timeout_seconds and retries',
          },
        );
      }
      const doubled = Math.min(longestWait, settings.retry_seconds * 1000 * 2 ** attempt);
      // Between half and the whole of it, so that waiting requests do not come back all at once.
      const wait = Math.max(error.wait ?? 0, doubled * (0.5 + random.next() / 2));
      await sleep(wait, undefined, { signal });
    }
  }
}

async function postOnce<T>(
  { base, key, settings, field }: Connection,
  request: EndpointRequest<T>,
  signal?: AbortSignal,
): Promise<T> {
  const timeout = AbortSignal.timeout(Math.ceil(settings.timeout_seconds * 1000));
  let response: Response;
  let body: string;
  try {
    response = await fetch(`${base}${request.path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(request.body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    body = await readBody(response, settings.max_response_bytes, field);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AttuneError) throw error;
    if (timeout.aborted) throw new Passing(`no answer within ${settings.timeout_seconds} seconds`);
    // The cause has the code (ECONNREFUSED); the message of fetch is only `fetch failed`.
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    throw new Passing(`the connection failed (${code ?? safeExcerpt(message, key)})`);
  }
  if (!response.ok) throw refusalOf(response, body, key, field);
  return readReply(body, key, request.read);
}

/** What a status that is not a success means. */
function refusalOf(response: Response, body: string, key: string | undefined, field: string): Error {
  const { status } = response;
  if ([408, 409, 425, 429].includes(status) || status >= 500) {
    return new Passing(`status ${status}`, retryAfter(response.headers));
  }
  if (status === 401 || status === 403) {
    // Some services repeat the key in their message, so nothing of it is shown.
    return new TeacherError(`the endpoint refuses the key (status ${status})`, {
      field: `${field}.api_key_env`,
      fix: 'check the environment variable that holds the key',
      hopeless: true,
    });
  }
  if (status >= 300 && status < 400) {
    return new TeacherError(`the endpoint redirects (status ${status}), which is not followed`, {
      field: `${field}.base_url`,
      fix: 'name the address that it redirects to',
      hopeless: true,
    });
  }
  const excerpt = safeExcerpt(body, key);
  return new TeacherError(
    `the endpoint refuses the request (status ${status})${excerpt ? `: ${excerpt}` : ''}`,
    {
      field,
      fix:
        status === 404
          ? 'check base_url (it usually ends in /v1) and the name of the model'
          : 'check the model, and turn off what the endpoint does not know',
      hopeless: status === 404,
      refused: status !== 404,
    },
  );
}

/** `Retry-After` in milliseconds: seconds, or a date that is compared with the server's own clock. */
function retryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (!value) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1000;
  const wait = Date.parse(value) - Date.parse(headers.get('date') ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

async function readBody(response: Response, limit: number, field: string): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new TeacherError(`the endpoint’s response is longer than ${limit} bytes`, {
        field: `${field}.max_response_bytes`,
        fix: 'raise max_response_bytes if such answers are meant',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readReply<T>(body: string, key: string | undefined, read: EndpointRequest<T>['read']): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Passing(`the response is not JSON: ${safeExcerpt(body, key)}`);
  }
  const value = read(json);
  if (value === undefined) throw new Passing(`the response has no answer in it: ${safeExcerpt(body, key)}`);
  return value;
}

/** The beginning of a text on one line, the key taken out wherever it stands. */
function safeExcerpt(text: string, key: string | undefined): string {
  const safe = key === undefined ? text : text.replaceAll(key, '[key]');
  return safe.replace(/\s+/g, ' ').trim().slice(0, excerptLength);
}
