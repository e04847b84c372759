/**
 * A teacher behind an endpoint that speaks the OpenAI chat protocol: vLLM, llama.cpp, Ollama and hosted services.
 * https://platform.openai.com/docs/api-reference/chat/create
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import { randomStream } from '../../random.js';
import type { EndpointSettings, TeacherSettings } from '../../recipe/data/teacher.js';
import { RequestGate } from './request-gate.js';
import { type Teacher, type TeacherAnswer, TeacherError, type TeacherRequest } from './teacher.js';

const longestWait = 60_000;
/** A server that asks to wait longer than this is taken to be away. */
const longestRetryAfter = 600_000;
const excerptLength = 200;

const replySchema = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number().nullish(), completion_tokens: z.number().nullish() }).nullish(),
});

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
 * The teacher that a recipe's `endpoint` names. The key is read from the environment now and goes nowhere but into the
 * `Authorization` header; redirects are not followed, so that it reaches no other server.
 *
 * Busy and broken servers (408, 409, 425, 429, 5xx), lost connections, broken bodies and answers that take too long are
 * tried again after a wait that doubles, with jitter, or that the server asks for (`Retry-After`); other refusals are
 * not. Jitter is drawn from the request, as everything that is random.
 *
 * @throws AttuneError when the settings name no endpoint, or a variable that is not set
 */
export function createOpenAiTeacher(settings: TeacherSettings, environment = process.env): Teacher {
  const { endpoint } = settings;
  if (!endpoint) {
    throw new AttuneError('the teacher has no endpoint', {
      field: 'teacher.endpoint',
      fix: 'set base_url and model of an OpenAI-compatible endpoint',
    });
  }
  const key = readKey(endpoint, environment);
  const url = `${endpoint.base_url.replace(/\/+$/, '')}/chat/completions`;
  const gate = new RequestGate(endpoint.concurrency, endpoint.requests_per_minute);
  return {
    name: `${endpoint.model} at ${new URL(endpoint.base_url).host}`,
    hash: hashJson({ protocol: 'openai-chat', url, model: endpoint.model, json_mode: endpoint.json_mode }),
    complete: (request, signal) =>
      gate.pass(() => completeWithRetries({ url, key, endpoint, gate }, request, signal), signal),
  };
}

interface Connection {
  url: string;
  key: string | undefined;
  endpoint: EndpointSettings;
  gate: RequestGate;
}

function readKey({ api_key_env }: EndpointSettings, environment: NodeJS.ProcessEnv): string | undefined {
  if (api_key_env === undefined) return undefined;
  const key = environment[api_key_env]?.trim();
  if (key) return key;
  throw new AttuneError(`the environment variable ${api_key_env} is not set`, {
    field: 'teacher.endpoint.api_key_env',
    fix: `set ${api_key_env} to the key of the endpoint`,
  });
}

async function completeWithRetries(
  connection: Connection,
  request: TeacherRequest,
  signal?: AbortSignal,
): Promise<TeacherAnswer> {
  const { endpoint, gate } = connection;
  const random = randomStream(request.seed, 'teacher', 'retry', hashJson(request));
  for (let attempt = 0; ; attempt++) {
    await gate.pace(signal);
    try {
      return await completeOnce(connection, request, signal);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Passing)) throw error;
      if (attempt >= endpoint.retries || (error.wait ?? 0) > longestRetryAfter) {
        throw new TeacherError(
          `the endpoint gave no answer in ${attempt + 1} attempt${attempt === 0 ? '' : 's'}: ${error.message}`,
          {
            field: 'teacher.endpoint',
            fix: 'check that the endpoint runs, or raise timeout_seconds and retries',
          },
        );
      }
      const doubled = Math.min(longestWait, endpoint.retry_seconds * 1000 * 2 ** attempt);
      // Between half and the whole of it, so that waiting requests do not come back all at once.
      const wait = Math.max(error.wait ?? 0, doubled * (0.5 + random.next() / 2));
      await sleep(wait, undefined, { signal });
    }
  }
}

async function completeOnce(
  { url, key, endpoint }: Connection,
  request: TeacherRequest,
  signal?: AbortSignal,
): Promise<TeacherAnswer> {
  const timeout = AbortSignal.timeout(Math.ceil(endpoint.timeout_seconds * 1000));
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model: endpoint.model,
        messages: request.messages,
        max_tokens: request.max_tokens,
        temperature: request.temperature,
        seed: request.seed,
        ...(request.json && endpoint.json_mode ? { response_format: { type: 'json_object' } } : {}),
      }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    body = await readBody(response, endpoint.max_response_bytes);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof AttuneError) throw error;
    if (timeout.aborted) throw new Passing(`no answer within ${endpoint.timeout_seconds} seconds`);
    // The cause has the code (ECONNREFUSED); the message of fetch is only `fetch failed`.
    const { code, message } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
    throw new Passing(`the connection failed (${code ?? safeExcerpt(message, key)})`);
  }
  if (!response.ok) throw refusalOf(response, body, key);
  return readReply(body, key);
}

/** What a status that is not a success means. */
function refusalOf(response: Response, body: string, key: string | undefined): Error {
  const { status } = response;
  if ([408, 409, 425, 429].includes(status) || status >= 500) {
    return new Passing(`status ${status}`, retryAfter(response.headers));
  }
  if (status === 401 || status === 403) {
    // Some services repeat the key in their message, so nothing of it is shown.
    return new TeacherError(`the endpoint refuses the key (status ${status})`, {
      field: 'teacher.endpoint.api_key_env',
      fix: 'check the environment variable that holds the key',
      hopeless: true,
    });
  }
  if (status >= 300 && status < 400) {
    return new TeacherError(`the endpoint redirects (status ${status}), which is not followed`, {
      field: 'teacher.endpoint.base_url',
      fix: 'name the address that it redirects to',
      hopeless: true,
    });
  }
  const excerpt = safeExcerpt(body, key);
  return new TeacherError(
    `the endpoint refuses the request (status ${status})${excerpt ? `: ${excerpt}` : ''}`,
    {
      field: 'teacher.endpoint',
      fix:
        status === 404
          ? 'check base_url (it usually ends in /v1) and the name of the model'
          : 'check the model; set json_mode: false if response_format is not known to it',
      hopeless: status === 404,
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

async function readBody(response: Response, limit: number): Promise<string> {
  if (!response.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new TeacherError(`the endpoint’s response is longer than ${limit} bytes`, {
        field: 'teacher.endpoint.max_response_bytes',
        fix: 'raise max_response_bytes if such answers are meant',
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function readReply(body: string, key: string | undefined): TeacherAnswer {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new Passing(`the response is not JSON: ${safeExcerpt(body, key)}`);
  }
  const reply = replySchema.safeParse(json);
  if (!reply.success) throw new Passing(`the response has no answer in it: ${safeExcerpt(body, key)}`);
  const [choice] = reply.data.choices;
  const { usage } = reply.data;
  return {
    text: choice!.message.content ?? '',
    ...(usage?.prompt_tokens == null ? {} : { promptTokens: usage.prompt_tokens }),
    ...(usage?.completion_tokens == null ? {} : { completionTokens: usage.completion_tokens }),
    finish: choice!.finish_reason === 'length' ? 'length' : 'stop',
  };
}

/** The beginning of a text on one line, the key taken out wherever it stands. */
function safeExcerpt(text: string, key: string | undefined): string {
  const safe = key === undefined ? text : text.replaceAll(key, '[key]');
  return safe.replace(/\s+/g, ' ').trim().slice(0, excerptLength);
}
