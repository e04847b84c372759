/**
 * Settings of a system behind an endpoint.
 * @module
 */
import { z } from 'zod';
import { endpointSchema, priceSchema } from '../endpoint.js';

/** A system that an OpenAI-compatible endpoint answers for. */
export const endpointSystemSchema = endpointSchema.omit({ json_mode: true, seconds_per_call: true }).extend({
  name: z.string().min(1).describe('Short name, as it stands in files and tables.'),
  prompt: z
    .enum(['chat', 'completions'])
    .default('chat')
    .describe(
      'chat sends messages to /chat/completions, and the server writes the prompt; completions sends the text that the run itself trained on to /completions.',
    ),
  likelihoods: z
    .boolean()
    .default(false)
    .describe(
      'Asks for the likelihoods of given answers (`echo` with `logprobs`), which vLLM gives; needs prompt: completions.',
    ),
  logprobs: z.boolean().default(false).describe('Asks for the log-probability of each token of an answer.'),
  max_tokens_field: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .default('max_tokens')
    .describe('Name under which the endpoint takes the longest answer.'),
  stop_after_failures: z
    .int()
    .min(1)
    .default(10)
    .describe(
      'Failed requests in a row after which no further one begins; what is answered by then is kept.',
    ),
  refused: z
    .enum(['error', 'empty'])
    .default('error')
    .describe(
      'A question that the endpoint refuses, by a filter for example: error ends the evaluation after the other questions, empty counts it as answered with nothing.',
    ),
  price: priceSchema.optional().describe('Prices, for the cost of each answer.'),
});

/** A system behind an endpoint, every default filled in. */
export type EndpointSystemSettings = z.output<typeof endpointSystemSchema>;
