/**
 * Settings of an endpoint that speaks the OpenAI protocol, for everything that asks one.
 * @module
 */
import { z } from 'zod';

/** Where and how an endpoint is asked. */
export const endpointSchema = z.strictObject({
  base_url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !/^https?:\/\/[^/]*@/i.test(url), { error: 'must not hold a user name or password' })
    .refine((url) => !/[?#]/.test(url), { error: 'must end before ? and #' })
    .describe('Address of an OpenAI-compatible endpoint, up to and with `/v1`.'),
  model: z.string().min(1).describe('Name of the model at the endpoint.'),
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, { error: 'is the name of an environment variable, not the key itself' })
    .optional()
    .describe('Name of the environment variable that holds the key; a key itself never stands in a recipe.'),
  json_mode: z
    .boolean()
    .default(true)
    .describe('Asks the endpoint for JSON (`response_format`); turn it off where the endpoint refuses that.'),
  timeout_seconds: z.number().positive().default(120).describe('Longest wait for one answer.'),
  retries: z
    .int()
    .min(0)
    .default(5)
    .describe('Attempts after the first one, when the endpoint is busy, broken or away.'),
  retry_seconds: z
    .number()
    .min(0)
    .default(1)
    .describe('Wait before the second attempt; it doubles with each further one, up to a minute.'),
  concurrency: z.int().min(1).default(4).describe('Most requests under way at the same time.'),
  requests_per_minute: z.number().positive().optional().describe('Most requests a minute.'),
  max_response_bytes: z.int().min(1024).default(1_000_000).describe('Longest response that is read.'),
  seconds_per_call: z
    .number()
    .positive()
    .default(5)
    .describe('What one answer takes, for the estimate before the first call.'),
});

/** Where and how an endpoint is asked, every default filled in. */
export type EndpointSettings = z.output<typeof endpointSchema>;

/** What tokens cost. */
export const priceSchema = z.strictObject({
  input: z.number().min(0).describe('Price of a million tokens that are sent.'),
  output: z.number().min(0).describe('Price of a million tokens that are answered.'),
  currency: z.string().min(1).default('USD').describe('Currency of the prices.'),
});
