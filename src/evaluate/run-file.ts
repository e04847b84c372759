/**
 * Small JSON files that an evaluation leaves in the run folder.
 * @module
 */
import { access } from 'node:fs/promises';
import type { z } from 'zod';
import { AttuneError } from '../errors.js';
import { readJson } from '../files.js';

/**
 * Reads a file that an evaluation wrote; undefined where there is none.
 *
 * @param message of the error, for example `is not a list of systems`
 * @throws AttuneError when the file says something else
 */
export async function readRunFile<S extends z.ZodType>(
  file: string,
  schema: S,
  message: string,
): Promise<z.output<S> | undefined> {
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return undefined;
  const content = schema.safeParse(await readJson(file));
  if (content.success) return content.data;
  throw new AttuneError(message, {
    file,
    fix: 'delete the file and run `attune evaluate` again',
    cause: content.error,
  });
}
