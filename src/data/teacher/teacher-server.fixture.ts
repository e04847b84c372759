/**
 * An endpoint on this machine that answers as it is told: well, badly, late or not at all.
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the endpoint behaves towards one request. */
export type Behaviour =
  | 'good'
  | 'fail'
  | 'busy'
  | 'hang'
  | 'close'
  | 'broken_json'
  | 'no_choice'
  | 'empty'
  | 'refuse'
  | 'chat'
  | 'fence'
  | 'number'
  | 'name'
  | 'html'
  | 'german'
  | 'cut'
  | 'huge'
  | 'slow'
  | 'wrong_key'
  | 'redirect'
  | 'bad_request';

/** What a request asked for. */
export interface SeenRequest {
  authorization?: string;
  body: {
    model: string;
    messages: { role: string; content: string }[];
    seed: number;
    response_format?: unknown;
  };
  /** Task as the prompt says it, for example `Ask for one value`. */
  task: string;
  text: string;
}

/** A running endpoint. */
export interface TeacherServer {
  url: string;
  seen: SeenRequest[];
  /** Most requests that were under way at the same time. */
  readonly mostAtOnce: number;
  close(): Promise<void>;
}

/**
 * Starts an endpoint. `behave` says what happens to each request, given its number (from 0) and how often the same
 * request came before.
 */
export async function startTeacherServer(
  behave: (seen: SeenRequest, index: number, before: number) => Behaviour,
): Promise<TeacherServer> {
  const seen: SeenRequest[] = [];
  const repeats = new Map<string, number>();
  let underWay = 0;
  let mostAtOnce = 0;
  const server = createServer((request, response) => {
    underWay++;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    response.on('close', () => underWay--);
    void readAll(request).then((raw) => {
      const body = JSON.parse(raw) as SeenRequest['body'];
      const said = body.messages.at(-1)!.content;
      const one: SeenRequest = {
        authorization: request.headers.authorization,
        body,
        task: /Task: (.*)/.exec(said)?.[1] ?? '',
        text: /^Text:\n([\s\S]*)\n\nTask: /.exec(said)?.[1] ?? '',
      };
      const before = repeats.get(raw) ?? 0;
      repeats.set(raw, before + 1);
      seen.push(one);
      respond(response, one, behave(one, seen.length - 1, before));
    });
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

async function readAll(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

function respond(response: ServerResponse, seen: SeenRequest, behaviour: Behaviour): unknown {
  const status = (code: number, body: string, headers: Record<string, string> = {}): unknown =>
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);
  const say = (text: string, finish = 'stop'): unknown =>
    status(
      200,
      JSON.stringify({
        choices: [{ message: { role: 'assistant', content: text }, finish_reason: finish }],
        usage: { prompt_tokens: 100, completion_tokens: 20 },
      }),
    );
  const good = pairFor(seen);
  switch (behaviour) {
    case 'good':
      return say(JSON.stringify(good));
    case 'slow':
      setTimeout(() => say(JSON.stringify(good)), 30);
      return undefined;
    case 'chat':
      return say(
        `Sure! Here is the example:\n${JSON.stringify({ ...good, answer: `Sure! Here is the answer: ${good.answer}` })}`,
      );
    case 'fence':
      return say(
        `<think>Let me {see}.</think>\n\`\`\`json\n${JSON.stringify(good, null, 2).replace(/\n\}$/, ',\n}')}\n\`\`\`\nDone.`,
      );
    case 'refuse':
      return say('I’m sorry, but I cannot help with that.'.replace('’', "'"));
    case 'number':
      return say(
        JSON.stringify({
          ...good,
          question: 'What were the costs of the harbour?',
          answer: '$98,765 million',
        }),
      );
    case 'name':
      return say(JSON.stringify({ ...good, question: 'Who runs the harbour?', answer: 'Contoso Holdings' }));
    case 'german':
      return say(
        JSON.stringify({
          question: 'Was wird in diesem Bericht über den Umsatz der Gesellschaft gesagt?',
          answer: 'Der Umsatz ist im Vergleich zum vorigen Jahr deutlich gestiegen.',
          quote: good.quote,
        }),
      );
    case 'empty':
      return say('');
    case 'cut':
      return say(JSON.stringify(good).slice(0, 30), 'length');
    case 'html':
      return status(200, '<html><body>Gateway</body></html>', { 'content-type': 'text/html' });
    case 'broken_json':
      return status(200, '{"choices": [{"message": {"content": "');
    case 'no_choice':
      return status(200, '{"choices": []}');
    case 'fail':
      return status(500, 'Internal error');
    case 'busy':
      return status(429, '{"error": "slow down"}', { 'retry-after': '0.05' });
    case 'close':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write('{"choices"');
      setTimeout(() => response.destroy(), 5);
      return undefined;
    case 'huge':
      return say('x'.repeat(100_000));
    case 'wrong_key':
      return status(401, JSON.stringify({ error: `Incorrect API key provided: ${seen.authorization}` }));
    case 'bad_request':
      return status(400, JSON.stringify({ error: `cannot read ${seen.authorization}` }));
    case 'redirect':
      return status(302, '', { location: 'http://127.0.0.1:9/' });
    case 'hang':
      return undefined;
  }
}

/** A right pair on a text of the tests: `The port of Oslo moved 512 tons in 2021 and 401 tons in 2020. ...`. */
function pairFor({ task, text }: SeenRequest): { question: string; answer: string; quote: string } {
  const quote = /The port of[^.]*\./.exec(text)?.[0] ?? '';
  const [, place, now, , before] = /port of (\w+) moved (\d+) tons in (\d+) and (\d+) tons/.exec(quote) ?? [];
  if (task.includes('unanswerable') || task.includes('does not give')) {
    return {
      question: `How many cranes does the port of ${place} own?`,
      answer: 'The text does not say.',
      quote: '',
    };
  }
  if (task.includes('by a calculation')) {
    return {
      question: `By how many tons did the port of ${place} grow?`,
      answer: `${now} - ${before}`,
      quote,
    };
  }
  if (task.includes('names both options')) {
    return {
      question: `Did the port of ${place} move more in 2020 or in 2021?`,
      answer: Number(now) > Number(before) ? '2021' : '2020',
      quote,
    };
  }
  if (task.includes('lists the labels')) {
    return { question: 'Is this about shipping, farming or schools?', answer: 'shipping', quote };
  }
  if (task.includes('summary')) {
    return {
      question: `Sum up the year of the port of ${place}.`,
      answer: `The port of ${place} moved ${now} tons in 2021.`,
      quote,
    };
  }
  if (task.includes('concept')) {
    return {
      question: 'What is a ton here?',
      answer: 'A ton is a metric ton.',
      quote: 'A ton is a metric ton.',
    };
  }
  return { question: `How much did the port of ${place} move in 2021?`, answer: `${now} tons`, quote };
}
