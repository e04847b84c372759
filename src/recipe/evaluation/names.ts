/**
 * Names that become folders and files.
 * @module
 */
import { z } from 'zod';

/** A name in lower case that may stand in a path. */
export const fileNameSchema = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]*$/,
    'only lower-case letters, digits, dots, dashes and underscores, because it names a file',
  );

/** Whether no value occurs twice. */
export const allDifferent = (values: readonly string[]): boolean => new Set(values).size === values.length;
