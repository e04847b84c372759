import * as ort from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { AttuneError } from '../../../errors.js';
import { encodeModel } from '../../../graph/encode.js';
import { Graph } from '../../../graph/graph.js';
import { expandTo } from '../../../graph/ops/broadcast.js';
import { maxLast } from '../../../graph/ops/reduce.js';
import { engineSettings } from '../../../train/settings.fixture.js';
import { findWebGpu } from './device.js';
import { explainFailure } from './failures.js';
import { createWebGpuSession } from './session.js';
import { checkWebGpuSettings } from './settings.js';
import {
  noSwiftShader,
  swiftShaderEnvironment,
  swiftShaderNote,
  useSwiftShader,
} from './swiftshader.fixture.js';

describe('a failure of WebGPU', () => {
  it.each([
    ['webgpu_context.cc:136 Failed to get a WebGPU adapter: No supported adapters', 'no graphics processor'],
    ['Failed to get a WebGPU device: it hides', 'refused'],
    ['[Invalid Buffer (unlabeled)] is invalid due to a previous error.', 'memory'],
    ['This session contains graph nodes that are assigned to the default CPU EP, but', 'lacks an operator'],
    ['no available backend found. ERR: [webgpu] backend not found.', process.arch],
    ['something new', 'something new'],
  ])('says what was found and how to run on the CPU: %s', (message, wanted) => {
    const error = explainFailure(new Error(message));
    expect(error).toBeInstanceOf(AttuneError);
    expect(error.message).toContain(wanted);
    expect(error.fix).toContain('training.device: cpu');
  });

  it.skipIf(process.platform !== 'linux')('is found by looking: no driver', async () => {
    const nothing = { VK_ICD_FILENAMES: '/absent.json', VK_DRIVER_FILES: '/absent.json' };
    const found = await findWebGpu({ ...process.env, ...nothing });
    expect(found).toMatchObject({ works: false, backend: 'Vulkan', adapter: undefined });
    expect(found.failure!.message).toContain('no graphics processor was found');
  });

  it('is found by looking: a driver that ends the process', async () => {
    const crash = '--import=data:text/javascript,process.abort()';
    const found = await findWebGpu({ ...process.env, NODE_OPTIONS: crash });
    expect(found.works).toBe(false);
    expect(found.failure!.message).toContain('SIGABRT');
  });
});

describe('settings that WebGPU cannot train', () => {
  it.each([
    [engineSettings({ device: 'webgpu', method: 'qlora', precision: 'nf4' }), 'adapter.method'],
    [engineSettings({ device: 'webgpu', method: 'full', lora: undefined }), 'adapter.method'],
    [engineSettings({ device: 'webgpu', precision: 'bfloat16' }), 'adapter.precision'],
  ])('are refused by name', (settings, field) => {
    expect(() => checkWebGpuSettings(settings)).toThrow(expect.objectContaining({ field }));
    checkWebGpuSettings({ ...settings, device: undefined });
  });

  it('are others than LoRA over float32', () => {
    checkWebGpuSettings(engineSettings({ device: 'webgpu' }));
  });
});

describe.skipIf(noSwiftShader)(`the device${swiftShaderNote}`, () => {
  beforeAll(useSwiftShader);

  it('is found by its name', async () => {
    const found = await findWebGpu(swiftShaderEnvironment());
    expect(found).toMatchObject({ works: true, backend: 'Vulkan', failure: undefined });
    expect(found.adapter).toContain('SwiftShader');
  });

  it('refuses a graph with a node that only the CPU could run', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [3]);
    graph.output(
      graph.node('Cast', [x], [{ dtype: 'bfloat16', shape: [3] }], { attributes: { to: { int: 16 } } })[0]!,
    );
    await expect(createWebGpuSession(graph)).rejects.toThrow('lacks an operator');
  });

  it('says that its memory is not enough', async () => {
    const graph = new Graph();
    const x = graph.input('x', 'float32', [1, 1]);
    graph.output(maxLast(expandTo(x, [1, 10 ** 9])));
    const session = await createWebGpuSession(graph);
    const run = session.run({ x: new ort.Tensor('float32', Float32Array.of(1), [1, 1]) });
    await expect(run).rejects.toThrow('is not enough');
    await session.close();
  });

  it('writes something else into the second result of the normalization, which is why the rewriting is there', async () => {
    const row = { x: new ort.Tensor('float32', Float32Array.of(1, 2, 3, 4), [1, 4]) };
    const encoded = new Graph();
    const x = encoded.input('x', 'float32', [1, 4]);
    const weight = encoded.constant('float32', [4], Float32Array.of(1, 1, 1, 1));
    const outputs = [
      [1, 4],
      [1, 1],
    ].map((shape) => ({ dtype: 'float32' as const, shape }));
    const attributes = { axis: { int: -1 }, epsilon: { float: 0 } };
    const [, inverse] = encoded.node('SimplifiedLayerNormalization', [x, weight], outputs, { attributes });
    const name = encoded.output(inverse!);
    const session = await ort.InferenceSession.create(encodeModel(encoded), {
      executionProviders: ['webgpu'],
    });
    const result = (await session.run(row))[name]!.data[0] as number;
    await session.release();
    expect(Math.abs(result - 1 / Math.sqrt(7.5))).toBeGreaterThan(0.1);
  });
});
