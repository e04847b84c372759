/**
 * Whether others get the same numbers: a short run on the real SmolLM2-135M, then its adapter in PEFT as it is.
 *
 * The loss of the validation rows is computed again by Transformers from the token shards alone, with the tree of
 * shared beginnings as an attention mask: before training with the base model, after it with the adapter in PEFT. The
 * logits after a prompt are compared too.
 * @module
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure, run } from '../harness/process.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));

/** Largest differences that are allowed. */
const bars = { eval_loss: 1e-4, logits: 1e-3 };

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'loss and logits of a trained adapter, computed again by Transformers and PEFT',
  rounds: 1,
  async run({ python, workDirectory, log }) {
    const work = join(workDirectory, 'parity');
    const base = join(work, 'model');
    const runFolder = join(work, 'run');
    await mkdir(work, { recursive: true });
    if (!existsSync(join(base, 'model.safetensors'))) {
      log('writing the base model in float32');
      await run(process.execPath, [here('export-base.mjs'), base]);
    }
    log('training');
    await rm(runFolder, { recursive: true, force: true });
    const cli = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
    await run(process.execPath, [cli, 'train', here('recipe.yaml'), '--set', `output_dir=${runFolder}`], {
      cwd: work,
    });
    log('computing again with Transformers and PEFT');
    const adapter = join(runFolder, 'adapter');
    const logits = join(work, 'logits.safetensors');
    await run(process.execPath, [here('logits.mjs'), base, adapter, logits]);
    const theirs = await measure(python, [here('check.py'), base, runFolder, join(work, 'data'), logits]);
    return compare(await evaluations(runFolder), theirs);
  },
};

/** The first and the last `eval_loss` of a run. */
async function evaluations(runFolder) {
  const lines = (await readFile(join(runFolder, 'metrics.jsonl'), 'utf8')).trimEnd().split('\n');
  const losses = lines.map((line) => JSON.parse(line).eval_loss).filter((loss) => loss !== undefined);
  return { base: losses[0], tuned: losses.at(-1) };
}

function compare(ours, theirs) {
  const differences = {
    base_eval_loss: Math.abs(ours.base - theirs.base_eval_loss),
    tuned_eval_loss: Math.abs(ours.tuned - theirs.tuned_eval_loss),
    logits: theirs.logits_difference,
  };
  const failures = [];
  if (!(differences.base_eval_loss < bars.eval_loss)) failures.push('eval loss of the base model');
  if (!(differences.tuned_eval_loss < bars.eval_loss)) failures.push('eval loss with the adapter');
  if (!(differences.logits < bars.logits)) failures.push('logits with the adapter');
  // A run that changes nothing would agree for no reason.
  if (!(Math.abs(ours.base - ours.tuned) > 0.1)) failures.push('training did not move the loss');
  const figures = Object.entries(differences).map(([name, value]) => `${name} ${value.toExponential(1)}`);
  return {
    measured: { attune_eval_loss: ours, ...theirs, differences, bars },
    summary: `largest differences ${figures.join(', ')} (bars: loss ${bars.eval_loss}, logits ${bars.logits})`,
    failures,
  };
}
