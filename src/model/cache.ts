/**
 * Where Attune keeps what can be made again: downloaded models and converted weights.
 * @module
 */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Attune's own cache: `ATTUNE_CACHE`, otherwise `~/.cache/attune`. */
export function attuneCache(): string {
  return process.env.ATTUNE_CACHE || join(homedir(), '.cache', 'attune');
}

/** The hub's cache, shared with Python: `HF_HUB_CACHE`, `HF_HOME/hub`, otherwise `~/.cache/huggingface/hub`. */
export function huggingFaceCache(): string {
  const { HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME } = process.env;
  if (HF_HUB_CACHE) return HF_HUB_CACHE;
  return join(HF_HOME || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface'), 'hub');
}
