/**
 * How a scorer is named where one is asked for.
 * @module
 */
import { z } from 'zod';

/** A name; a name with settings; or a file with a scorer of the user's own. */
export const scorerSchema = z.union([
  z.string().min(1, 'name a scorer'),
  z.looseObject({
    name: z.string().min(1).describe('Name of a built-in scorer; its settings stand beside it.'),
  }),
  z.looseObject({
    file: z
      .string()
      .min(1)
      .describe("TypeScript or JavaScript file with a scorer of one's own, relative to the benchmark."),
  }),
]);
