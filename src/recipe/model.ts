/**
 * Recipe section `model`: which model is tuned.
 * @module
 */
import { z } from 'zod';

/** Which model is tuned, and which revision of it. */
export const modelSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .default('smollm2-135m-instruct')
    .describe(
      'A name from `attune models`, a hub id (`owner/name`), or a path to a folder or GGUF file (beginning with `.` or `/`; relative to the recipe).',
    ),
  revision: z
    .string()
    .min(1)
    .optional()
    .describe('Branch, tag or commit on the hub; the pinned commit of the catalog, or `main`, where absent.'),
});
