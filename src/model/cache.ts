/**
 * Where Attune keeps what can be made again: unpacked models and converted weights.
 * @module
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Attune's own cache: `ATTUNE_CACHE`, otherwise `~/.cache/attune`. */
export function attuneCache(): string {
  return process.env.ATTUNE_CACHE || join(homedir(), '.cache', 'attune');
}
