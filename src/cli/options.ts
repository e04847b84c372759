/**
 * Readers of the values behind options.
 * @module
 */
import { InvalidArgumentError } from 'commander';

/** Reads a whole number within bounds. */
export const wholeNumber =
  (least = 0, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
    throw new InvalidArgumentError(`wanted a whole number from ${least}${upTo}.`);
  };

/** Reads a number from 0 to 1. */
export function share(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('wanted a number from 0 to 1.');
}

/** Reads a number between 0 and 1, neither of them. */
export function shareWithin(text: string): number {
  const value = share(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError('wanted a number between 0 and 1.');
}

/** Reads names separated by commas. */
export const names = (text: string): string[] => text.split(',').map((name) => name.trim());
