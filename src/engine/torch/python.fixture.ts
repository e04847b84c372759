/**
 * Whether a Python for the torch engine is there.
 * @module
 */
import { spawnSync } from 'node:child_process';

/** The interpreter that `ATTUNE_PYTHON` names. */
export const python = process.env.ATTUNE_PYTHON ?? '';

/** Why the tests of the torch engine cannot run here, or nothing. */
export const noPython: string | undefined = (() => {
  if (!python) return 'ATTUNE_PYTHON names no interpreter';
  const found = spawnSync(python, [
    '-c',
    'import importlib.util as u, sys; sys.exit(", ".join(n for n in ("torch", "transformers", "peft") if not u.find_spec(n)) or None)',
  ]);
  if (found.error) return `ATTUNE_PYTHON cannot be started: ${found.error.message}`;
  return found.status === 0 ? undefined : `the Python of ATTUNE_PYTHON lacks ${String(found.stderr).trim()}`;
})();
