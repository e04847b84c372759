import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Row } from '../../chat/shard.js';
import { writeJson } from '../../files.js';
import type { Model } from '../../model/model.js';
import { openModel } from '../../model/open.js';
import { readSafetensors, writeSafetensors } from '../../model/safetensors.js';
import type { StepRequest, TrainEngine } from '../../train/engine.js';
import { engineSettings, plainAdamw } from '../../train/settings.fixture.js';
import type { EngineSettings } from '../../train/settings.js';
import { loadBaseWeights } from '../onnx/base-weights.js';
import { fillFromBase, readCheckpoint, writeOptimizer, writeTrained } from '../onnx/checkpoint.js';
import { layOut, shardsOf, tinyBase, tokens } from '../onnx/tiny-training.fixture.js';
import { Trainer } from '../onnx/trainer.js';
import { noPython, python } from './python.fixture.js';
import { createTorchEngine } from './train-engine.js';
import { startWorkerProcess } from './worker-process.js';

/** Rows of one example, and rows with a shared beginning and padding. */
const rows: Row[] = Array.from({ length: 6 }, (_, i) => {
  const answer = (...path: (string | number)[]) => ({ ids: tokens(2 + i, ...path), supervised: true });
  const prompt = { ids: tokens(5 + i, 'prompt', i), supervised: false };
  if (i % 2 === 0)
    return layOut(40, [
      { parent: 0, ...prompt },
      { parent: 1, ...answer('a', i) },
    ]);
  return layOut(40, [
    { parent: 0, ...prompt },
    { parent: 1, ...answer('a', i) },
    { parent: 1, ...answer('b', i) },
    { parent: 0, ids: tokens(4, 'c', i), supervised: [false, false, true, true] },
  ]);
});
const shards = shardsOf(rows);

let root: string;
let model: Model;
let folders = 0;
const opened: { close(): Promise<void> }[] = [];

async function newFolder(): Promise<string> {
  const directory = join(root, `saved-${folders++}`);
  await mkdir(directory);
  return directory;
}

async function writeShards(directory: string): Promise<void> {
  const joined = <T extends Int32Array | Uint8Array>(
    array: { from(list: number[]): T },
    of: (row: Row) => Int32Array | Uint8Array,
  ) => array.from(rows.flatMap((row) => [...of(row)]));
  const shape = [rows.length, shards.length];
  const integers = (name: string, of: (row: Row) => Int32Array) => ({
    name,
    dtype: 'I32' as const,
    shape,
    data: joined(Int32Array, of),
  });
  await writeSafetensors(join(directory, 'train-0.safetensors'), [
    integers('input_ids', (row) => row.inputIds),
    { name: 'loss_mask', dtype: 'U8', shape, data: joined(Uint8Array, (row) => row.lossMask) },
    integers('position_ids', (row) => row.positionIds),
    integers('segment_ids', (row) => row.segmentIds),
    integers('parent_ids', (row) => row.parentIds),
  ]);
  const split = { files: ['train-0.safetensors'] };
  await writeJson(join(directory, 'index.json'), { version: 1, splits: { train: split, validation: split } });
}

const request = (step: number, optimizerStep = step): StepRequest => ({
  step,
  optimizerStep,
  microBatches: [[step % 6, (step + 1) % 6], [(step + 3) % 6]],
  learningRate: 0.01,
  normaliser: 20,
});

async function torchEngine(settings: EngineSettings): Promise<TrainEngine> {
  const engine = await createTorchEngine({
    python,
    model,
    settings,
    directory: root,
    hasEvaluation: true,
    machine: { device: 'cpu', threads: 1 },
  });
  opened.push(engine);
  return engine;
}

/** The embedded engine without its thread. */
async function onnxEngine(settings: EngineSettings) {
  const base = await loadBaseWeights(model, settings.precision);
  const { config } = model;
  const trainer = await Trainer.create({
    config,
    base,
    settings,
    train: shards,
    evaluation: shards,
    threads: 1,
  });
  if (settings.method === 'full') await fillFromBase(trainer.state, base.tensors);
  opened.push(trainer);
  return {
    step: (wanted: StepRequest) => trainer.step(wanted),
    evaluate: (list: number[], size: number) => trainer.evaluate(list, size),
    beginStage: (start: Parameters<TrainEngine['beginStage']>[0]) => trainer.beginStage(start),
    save: async (directory: string) => {
      await writeTrained(directory, trainer.state, settings, { name: model.path });
      await writeOptimizer(directory, trainer.state);
    },
    restore: (directory: string) => readCheckpoint(directory, trainer.state, settings, config),
  };
}

type Steps = Pick<TrainEngine, 'step' | 'evaluate' | 'beginStage' | 'save' | 'restore'>;

/** Losses of the tiny model are 1 to 6. */
const near = 1e-5;

async function sameSteps(one: Steps, other: Steps, first: number, count: number, optimizerFirst = first) {
  for (let i = 0; i < count; i++) {
    const wanted = request(first + i, optimizerFirst + i);
    const [a, b] = [await one.step(wanted), await other.step(wanted)];
    expect(Math.abs(a.loss - b.loss), `loss of step ${wanted.step}`).toBeLessThan(near);
    expect(Math.abs(a.gradNorm / b.gradNorm - 1), `norm of step ${wanted.step}`).toBeLessThan(1e-3);
    expect(a.tokens).toBe(b.tokens);
  }
}

function filesOf({ lora }: EngineSettings): string[] {
  return [lora ? 'adapter_model.safetensors' : 'model.safetensors', 'optimizer.safetensors'];
}

const { lora } = engineSettings();
// With PyTorch's 1e-8 an element whose gradient is nothing but rounding moves by the whole learning rate.
const optimizer = { ...plainAdamw, adam_epsilon: 1e-5, weight_decay: 0.1, max_grad_norm: 1 };
const situations: { name: string; changes: Partial<EngineSettings> }[] = [
  { name: 'LoRA with dropout', changes: { optimizer, lora: { ...lora!, lora_dropout: 0.2 } } },
  {
    name: 'LoRA of some modules with √r and LoRA+',
    changes: {
      optimizer,
      gradient_checkpointing: true,
      lora: { ...lora!, use_rslora: true, loraplus_lr_ratio: 4, target_modules: ['q_proj', 'down_proj'] },
    },
  },
  { name: 'QLoRA', changes: { optimizer, method: 'qlora', precision: 'nf4' } },
  { name: 'bfloat16', changes: { optimizer, precision: 'bfloat16' } },
  { name: 'full fine-tuning', changes: { optimizer, method: 'full' } },
];

if (noPython) {
  it.skip(`the torch engine: ${noPython}`, () => undefined);
} else {
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'attune-torch-'));
    process.env.ATTUNE_CACHE = join(root, 'cache');
    const { directory } = await tinyBase({
      hidden_size: 64,
      intermediate_size: 64,
      head_dim: 16,
      initializer_range: 0.1,
    });
    model = await openModel(directory);
    await writeShards(root);
  });
  afterAll(async () => {
    for (const engine of opened) await engine.close();
    delete process.env.ATTUNE_CACHE;
    await rm(root, { recursive: true });
  });

  describe.each(situations)('$name', ({ changes }) => {
    const settings = engineSettings(changes);

    it('has the steps of the embedded engine, and goes on where that one was, and back', async () => {
      const [torch, onnx] = [await torchEngine(settings), await onnxEngine(settings)];
      const start = [await newFolder(), await newFolder()];
      await torch.save(start[0]!);
      await onnx.save(start[1]!);
      for (const file of filesOf(settings)) {
        const [one, other] = await Promise.all(
          start.map((directory) => readSafetensors(join(directory, file))),
        );
        expect(one!.tensors.size).toBe(other!.tensors.size);
        for (const [name, tensor] of other!.tensors) expect(one!.tensors.get(name), name).toEqual(tensor);
      }

      await sameSteps(torch, onnx, 1, 4);
      const every = rows.map((_, row) => row);
      const [a, b] = [await torch.evaluate(every, 4), await onnx.evaluate(every, 4)];
      expect(Math.abs(a.lossSum / b.lossSum - 1)).toBeLessThan(near);
      expect(a.supervisedTokens).toBe(b.supervisedTokens);

      if (settings.lora) {
        const merged = { carry: 'merged', optimizer: 'fresh', stage: 1 } as const;
        await torch.beginStage(merged);
        await onnx.beginStage(merged);
        await sameSteps(torch, onnx, 5, 2, 1);
      }
      const optimizerStep = settings.lora ? 3 : 5;
      const [byTorch, byOnnx] = [await newFolder(), await newFolder()];
      await torch.save(byTorch);
      await onnx.save(byOnnx);
      if (settings.lora) {
        const config = (directory: string) => readFile(join(directory, 'adapter_config.json'), 'utf8');
        expect(await config(byTorch)).toBe(await config(byOnnx));
      }
      // Each takes up what the other wrote; away from it first.
      await torch.step(request(9));
      await onnx.step(request(9));
      await torch.restore(byOnnx);
      await onnx.restore(byTorch);
      await sameSteps(torch, onnx, 7, 3, optimizerStep);
    });
  });

  describe('what goes wrong', () => {
    it('comes as an error with field and fix, and the engine goes on', async () => {
      const engine = await torchEngine(engineSettings());
      await expect(engine.step({ ...request(1), microBatches: [[0], [77]] })).rejects.toMatchObject({
        name: 'AttuneError',
        message: 'there is no row 77; there are 6',
        field: 'rows',
      });
      await expect(engine.restore(join(root, 'nowhere'))).rejects.toMatchObject({
        name: 'AttuneError',
        file: join(root, 'nowhere', 'adapter_config.json'),
      });
      const { loss } = await engine.step(request(1));
      expect(Number.isFinite(loss)).toBe(true);
      expect(await engine.peakMemoryBytes()).toBeGreaterThan(2 ** 20);
    });

    it('names an interpreter that is not there', async () => {
      await expect(startWorkerProcess({ python: '/nowhere/python' })).rejects.toMatchObject({
        name: 'AttuneError',
        file: '/nowhere/python',
      });
    });

    it('names a package that is missing', async () => {
      const environment = { PYTHONHOME: '/nowhere' };
      await expect(startWorkerProcess({ python, environment })).rejects.toThrow(
        'lacks the package encodings',
      );
    });

    it('is a rejected call when the process dies', async () => {
      const worker = await startWorkerProcess({ python });
      expect(worker.ready).toMatchObject({ protocol: 1, processes: 1 });
      await expect(worker.call('step', {})).rejects.toThrow('nothing is open yet');
      await expect(worker.call('jump')).rejects.toThrow('there is no method jump');
      await worker.close();
      await expect(worker.call('step', {})).rejects.toThrow("the torch engine's process ended with code 0");
    });
  });
}
