/**
 * An OpenAI-compatible server on this machine whose behaviour towards each request is told by the test.
 * @module
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to a request. */
export type Behaviour =
  | 'good'
  | 'length'
  | 'slow'
  | 'busy'
  | 'fail'
  | 'hang'
  | 'reset'
  | 'broken_json'
  | 'wrong_key'
  | 'redirect'
  | 'filtered';

/** A request as it came. */
export interface SeenRequest {
  path: string;
  authorization?: string;
  body: Record<string, unknown> & { messages?: { role: string; content: string }[]; prompt?: string };
  /** The last message, or the prompt. */
  asked: string;
}

/** A running server. */
export interface EndpointServer {
  url: string;
  seen: SeenRequest[];
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/** Starts a server. `behave` is told how often the same question came before; answers are `re: <question>`. */
export async function startEndpointServer(
  behave: (request: SeenRequest, before: number) => Behaviour = () => 'good',
  answer: (asked: string) => string = (asked) => `re: ${asked}`,
): Promise<EndpointServer> {
  const seen: SeenRequest[] = [];
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer(async (request, response) => {
    underWay++;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.on('close', () => underWay--);
    let raw = '';
    for await (const chunk of request) raw += String(chunk);
    const body = JSON.parse(raw) as SeenRequest['body'];
    const asked = body.messages?.at(-1)?.content ?? body.prompt ?? '';
    const before = seen.filter((other) => other.asked === asked).length;
    const one = { path: request.url!, authorization: request.headers.authorization, body, asked };
    seen.push(one);
    respond(response, one, behave(one, before), answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function respond(
  response: ServerResponse,
  request: SeenRequest,
  behaviour: Behaviour,
  answer: (asked: string) => string,
): void {
  const send = (status: number, body: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const good = (finish: string): void => send(200, reply(request, answer, finish));
  if (behaviour === 'good') good('stop');
  else if (behaviour === 'length') good('length');
  else if (behaviour === 'slow') setTimeout(() => good('stop'), 200);
  else if (behaviour === 'busy') send(429, { error: 'slow down' }, { 'retry-after': '0.05' });
  else if (behaviour === 'fail') send(500, 'out of order');
  else if (behaviour === 'reset') response.socket!.resetAndDestroy();
  else if (behaviour === 'broken_json') send(200, '{"choices": [{');
  else if (behaviour === 'wrong_key') send(401, { error: `wrong key ${request.authorization}` });
  else if (behaviour === 'filtered') send(400, { error: 'content policy' });
  else if (behaviour === 'redirect') send(302, '', { location: 'http://127.0.0.1:9/' });
}

function reply(
  { path, body, asked }: SeenRequest,
  answer: (asked: string) => string,
  finish: string,
): object {
  const usage = { prompt_tokens: 100, completion_tokens: 20 };
  if (path.endsWith('/chat/completions')) {
    const logprobs = body.logprobs ? { content: [{ logprob: -0.5 }, { logprob: -0.25 }] } : null;
    const message = { role: 'assistant', content: answer(asked) };
    return { choices: [{ message, finish_reason: finish, logprobs }], usage };
  }
  if (!body.echo) return { choices: [{ text: answer(asked), finish_reason: finish }], usage };
  return { choices: [{ text: `${asked} and`, finish_reason: 'length', logprobs: echoed(asked) }], usage };
}

/** A word with the blank before it is a token of probability exp(-0.1 × its length); capitals are what greedy writes. */
function echoed(text: string): object {
  const tokens = [...(text.match(/\s?\S+|\s/gu) ?? []), ' and'];
  let at = 0;
  return {
    tokens,
    token_logprobs: tokens.map((token, i) => (i === 0 ? null : -[...token].length / 10)),
    top_logprobs: tokens.map((token, i) =>
      i === 0 ? null : /\p{Lu}/u.test(token) ? { [token]: -[...token].length / 10 } : { other: -0.01 },
    ),
    text_offset: tokens.map((token) => {
      const from = at;
      at += [...token].length;
      return from;
    }),
  };
}
