/**
 * An OpenAI-compatible endpoint as a System: vLLM, llama.cpp's server, Ollama, hosted services.
 * https://platform.openai.com/docs/api-reference/chat/create and /completions/create
 * @module
 */
import type { ChatFormat } from '../../chat/template.js';
import type { Message } from '../../data/example.js';
import { createEndpointClient, type EndpointClient } from '../../data/teacher/endpoint-client.js';
import { TeacherError } from '../../data/teacher/teacher.js';
import { asTheyEnd } from '../../engine/as-they-end.js';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import type { EndpointSystemSettings } from '../../recipe/evaluation/endpoint.js';
import type {
  Answer,
  GenerationSettings,
  Likelihood,
  LikelihoodRequest,
  Likelihoods,
  Prompt,
  PromptBody,
  System,
} from '../system.js';
import { echoedLikelihood, type GivenReply, readChatReply, readCompletionReply } from './endpoint-reply.js';

/** Most stop texts that the protocol takes; more are looked for when the answer is there. */
const mostStopTexts = 4;
const field = 'evaluation.systems';

/**
 * A System behind an endpoint, asked as {@link createEndpointClient} says: the key comes from the environment, what may be
 * over soon is tried again.
 *
 * Every answer is yielded as soon as it is there. A request that fails for good is told after the others have been
 * answered; no further request begins after `stop_after_failures` failures in a row, or one that every other would
 * repeat (a wrong key, an unknown model).
 *
 * @param format how the run writes conversations; needed for `prompt: completions`
 * @throws AttuneError when the key's variable is not set, or likelihoods are asked of a chat endpoint
 */
export function createEndpointSystem(
  settings: EndpointSystemSettings,
  environment: NodeJS.ProcessEnv = process.env,
  { format }: { format?: ChatFormat } = {},
): System {
  const { name, prompt, model, base_url, max_tokens_field } = settings;
  if (settings.likelihoods && prompt === 'chat') {
    throw new AttuneError(`${name} is asked by messages, which shows no likelihoods of given answers`, {
      field: 'likelihoods',
      fix: 'set prompt: completions, or likelihoods: false',
    });
  }
  const client = createEndpointClient(settings, field, environment);
  const asker = { settings, client, format };
  return {
    name,
    hash: hashJson({
      protocol: prompt,
      url: base_url.replace(/\/+$/, ''),
      model,
      max_tokens_field,
      ...(settings.refused === 'empty' ? { refused: 'empty' } : {}),
      ...(prompt === 'completions' ? { template: format?.hash ?? null } : {}),
    }),
    answer: (prompts, generation, signal) =>
      askAll(settings, prompts, (one, stop) => askOrRefused(asker, one, generation, stop), signal),
    ...(settings.likelihoods
      ? {
          likelihoods: (requests: LikelihoodRequest[], signal?: AbortSignal) =>
            askAll(settings, requests, (request, stop) => likelihoodsOf(asker, request, stop), signal),
        }
      : {}),
    close: async () => {},
  };
}

/** The answer, or an empty one where the endpoint refuses the question and the settings put up with that. */
async function askOrRefused(
  asker: Asker,
  prompt: Prompt,
  generation: GenerationSettings,
  stop: AbortSignal,
): Promise<Answer> {
  try {
    return await askOne(asker, prompt, generation, stop);
  } catch (error) {
    const isRefusal = error instanceof TeacherError && error.refused;
    if (!isRefusal || asker.settings.refused === 'error') throw error;
    return { id: prompt.id, text: '', stopped: true };
  }
}

interface Asker {
  settings: EndpointSystemSettings;
  client: EndpointClient;
  format?: ChatFormat;
}

/** Results as they come; what failed is told at the end. */
async function* askAll<T extends { id: string }, R>(
  { name, concurrency, stop_after_failures }: EndpointSystemSettings,
  items: readonly T[],
  ask: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const failures: { id: string; error: TeacherError }[] = [];
  let inARow = 0;
  let givenUp = false;
  const work = async (item: T, _lane: number, stop: AbortSignal): Promise<R | undefined> => {
    if (givenUp) return undefined;
    try {
      const result = await ask(item, stop);
      inARow = 0;
      return result;
    } catch (error) {
      if (stop.aborted || !(error instanceof TeacherError)) throw error;
      failures.push({ id: item.id, error });
      inARow++;
      givenUp ||= error.hopeless || inARow >= stop_after_failures;
      return undefined;
    }
  };
  let kept = 0;
  for await (const result of asTheyEnd(items, concurrency, work, signal)) {
    if (result === undefined) continue;
    kept++;
    yield result;
  }
  const last = failures.at(-1);
  if (!last) return;
  const { error, id } = last;
  throw new AttuneError(
    `${name} did not answer ${failures.length} of ${items.length} questions${givenUp ? ' and is not asked further' : ''}, ` +
      `${id} for one: ${error.message}. ${kept} new answers are kept`,
    {
      field: error.field,
      fix: `${error.fix ? `${error.fix}; then ` : ''}run the same command again, only the open questions are asked${error.refused ? '; or set refused: empty, which counts such a question as answered with nothing' : ''}`,
      cause: error,
    },
  );
}

async function askOne(
  { settings, client, format }: Asker,
  prompt: Prompt,
  { max_new_tokens, temperature, top_p, top_k, seed }: GenerationSettings,
  signal: AbortSignal,
): Promise<Answer> {
  const chat = settings.prompt === 'chat';
  const stop = [...(prompt.stop ?? []), ...(chat || !format?.endOfTurn ? [] : [format.endOfTurn])];
  const { value, seconds } = await client.post(
    {
      path: chat ? '/chat/completions' : '/completions',
      body: {
        model: settings.model,
        ...(chat ? { messages: messagesOf(prompt) } : textBody(prompt, format)),
        [settings.max_tokens_field]: max_new_tokens,
        temperature,
        ...(temperature > 0 ? { top_p, ...(top_k > 0 ? { top_k } : {}) } : {}),
        seed,
        ...(stop.length > 0 ? { stop: stop.slice(0, mostStopTexts) } : {}),
        ...(settings.logprobs ? { logprobs: chat ? true : 1 } : {}),
      },
      seed,
      read: chat ? readChatReply : readCompletionReply,
    },
    signal,
  );
  return answerOf(prompt.id, value, seconds, stop, settings);
}

function answerOf(
  id: string,
  { text, finish, promptTokens, newTokens, logprobs }: GivenReply,
  seconds: number,
  stop: readonly string[],
  { price }: EndpointSystemSettings,
): Answer {
  const ends = stop.map((one) => text.indexOf(one)).filter((at) => at >= 0);
  const end = ends.length > 0 ? Math.min(...ends) : undefined;
  const answer: Answer = {
    id,
    text: text.slice(0, end).trim(),
    stopped: end !== undefined || finish !== 'length',
    seconds,
  };
  if (promptTokens !== undefined) answer.promptTokens = promptTokens;
  if (newTokens !== undefined) answer.newTokens = newTokens;
  if (logprobs) answer.logprobs = logprobs;
  if (price && promptTokens !== undefined && newTokens !== undefined) {
    answer.cost = (promptTokens * price.input + newTokens * price.output) / 1e6;
  }
  return answer;
}

/** A plain text is put as a question: a chat endpoint continues none. */
function messagesOf({ messages, text = '' }: PromptBody): Message[] {
  return messages ?? [{ role: 'user', content: text }];
}

/** The text that training began with, which brings its own special tokens: the server has to add none. */
function textBody(prompt: PromptBody, format: ChatFormat | undefined): object {
  const rendered = prompt.messages ? { add_special_tokens: false } : {};
  return { prompt: textOf(prompt, format), ...rendered };
}

function textOf({ messages, text = '' }: PromptBody, format: ChatFormat | undefined): string {
  if (!messages) return text;
  if (format) return format.render(messages, { addGenerationPrompt: true });
  throw new AttuneError('a conversation can only be sent as text in the chat format of a run', {
    field: 'prompt',
    fix: 'evaluate a run, or set prompt: chat',
  });
}

async function likelihoodsOf(
  { settings, client, format }: Asker,
  request: LikelihoodRequest,
  signal: AbortSignal,
): Promise<Likelihoods> {
  const prompt = textOf(request, format);
  // Blanks at the end of a plain text belong to the first token after them.
  const before = request.messages ? prompt : prompt.trimEnd();
  const continuations: Likelihood[] = [];
  for (const continuation of request.continuations) {
    const text = `${prompt}${continuation}`;
    const { value } = await client.post(
      {
        path: '/completions',
        body: {
          model: settings.model,
          prompt: text,
          ...(request.messages ? { add_special_tokens: false } : {}),
          // One token more than the text, because some servers refuse to write none.
          [settings.max_tokens_field]: 1,
          temperature: 0,
          seed: 0,
          echo: true,
          logprobs: 1,
        },
        seed: 0,
        read: (json) => echoedLikelihood(json, before, text),
      },
      signal,
    );
    if (typeof value === 'string') {
      throw new TeacherError(`the endpoint shows no likelihoods: ${value}`, {
        field: 'likelihoods',
        fix: 'set likelihoods: false, or ask a server that knows echo with logprobs (vLLM)',
        hopeless: true,
      });
    }
    continuations.push(value);
  }
  return { id: request.id, continuations };
}
