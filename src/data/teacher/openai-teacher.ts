/**
 * A teacher behind an endpoint that speaks the OpenAI chat protocol: vLLM, llama.cpp, Ollama and hosted services.
 * https://platform.openai.com/docs/api-reference/chat/create
 * @module
 */
import { z } from 'zod';
import { AttuneError } from '../../errors.js';
import { hashJson } from '../../files.js';
import type { TeacherSettings } from '../../recipe/data/teacher.js';
import { createEndpointClient } from './endpoint-client.js';
import type { Teacher, TeacherAnswer } from './teacher.js';

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

/**
 * The teacher that a recipe's `endpoint` names, asked through a client of {@link createEndpointClient}.
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
  const client = createEndpointClient(endpoint, 'teacher.endpoint', environment);
  const url = `${endpoint.base_url.replace(/\/+$/, '')}/chat/completions`;
  return {
    name: client.name,
    hash: hashJson({ protocol: 'openai-chat', url, model: endpoint.model, json_mode: endpoint.json_mode }),
    async complete({ messages, max_tokens, temperature, seed, json }, signal) {
      const format = json && endpoint.json_mode ? { response_format: { type: 'json_object' } } : {};
      const body = { model: endpoint.model, messages, max_tokens, temperature, seed, ...format };
      const request = { path: '/chat/completions', body, seed, read: readReply };
      return (await client.post(request, signal)).value;
    },
  };
}

function readReply(json: unknown): TeacherAnswer | undefined {
  const reply = replySchema.safeParse(json);
  if (!reply.success) return undefined;
  const [choice] = reply.data.choices;
  const { usage } = reply.data;
  return {
    text: choice!.message.content ?? '',
    ...(usage?.prompt_tokens == null ? {} : { promptTokens: usage.prompt_tokens }),
    ...(usage?.completion_tokens == null ? {} : { completionTokens: usage.completion_tokens }),
    finish: choice!.finish_reason === 'length' ? 'length' : 'stop',
  };
}
