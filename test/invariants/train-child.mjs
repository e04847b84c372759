/**
 * Trains the tiny model in the folder of its first argument, as `attune train` does, into the run folder of its
 * second; made to be killed. Says `step` after each optimizer step.
 */
import { join } from 'node:path';
import { openShards } from '../../dist/chat/open-shards.js';
import { createOnnxEngine } from '../../dist/engine/onnx/train-engine.js';
import { openModel } from '../../dist/model/open.js';
import { runTraining } from '../../dist/train/loop.js';
import { makePlan } from '../../dist/train/plan.js';
import { openRun } from '../../dist/train/run-folder.js';

const [directory, runDirectory, engineSettings] = process.argv.slice(2);
const tokens = join(directory, 'tokens');
const model = await openModel(join(directory, 'model'));
const settings = JSON.parse(engineSettings);
const plan = makePlan({
  shards: await openShards(tokens, 'train'),
  evalShards: await openShards(tokens, 'validation'),
  settings: {
    num_train_epochs: 3,
    max_steps: -1,
    per_device_train_batch_size: 2,
    gradient_accumulation_steps: 2,
    learning_rate: 5e-3,
    lr_scheduler_type: 'cosine',
    warmup_ratio: 0.1,
    warmup_steps: 0,
    eval_steps: 3,
    save_steps: 2,
  },
  engine: settings,
  seed: settings.seed,
});
const run = await openRun(runDirectory, {
  command: 'test',
  hashes: { data: 'd', model: model.hash, recipe: 'r' },
  seeds: { training: settings.seed },
  data: {},
  recipe: '',
  plan,
});
const engine = await createOnnxEngine({ model, settings, directory: tokens, hasEvaluation: true });
await runTraining({
  plan,
  engine,
  run,
  evalBatchSize: 2,
  onProgress: ({ phase }) => phase === 'train' && process.stdout.write('step\n'),
});
await engine.close();
await run.close();
