/**
 * Sizes of memory as people write them.
 * @module
 */
import { z } from 'zod';

const units = new Map([
  ['mb', 1e6],
  ['gb', 1e9],
  ['mib', 2 ** 20],
  ['gib', 2 ** 30],
]);

const pattern = /^(\d{1,9}(?:\.\d{1,6})?) ?([MG]i?B)$/i;

/** A size such as `1.5GB`; kept as it was written. */
export const memorySizeSchema = z
  .string()
  .regex(pattern, 'wanted a size such as 1.5GB, 900MB or 2GiB')
  .refine((text) => !pattern.test(text) || memorySizeBytes(text) > 0, 'wanted more than nothing');

/** Bytes of a size that {@link memorySizeSchema} accepts: GB are 10^9, GiB 2^30 bytes. */
export function memorySizeBytes(text: string): number {
  const [, number, unit] = pattern.exec(text)!;
  return Math.round(Number(number) * units.get(unit!.toLowerCase())!);
}
