/**
 * What is looked at, one check a function.
 * @module
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findWebGpu } from '../../../engine/onnx/webgpu/device.js';
import { listModels } from '../../../model/catalog.js';
import { describeMachine, machineMemory, softwareVersions } from '../../../train/machine.js';
import { formatBytes } from '../../terminal.js';

/** One thing that was looked at. */
export interface Check {
  name: string;
  /** `note` is worth knowing and stops nothing. */
  state: 'ok' | 'note' | 'bad';
  found: string;
  fix?: string;
}

/** Everything about this machine, in the order in which it is shown. */
export async function allChecks(): Promise<Check[]> {
  return [
    checkNode(),
    checkMemory(),
    await checkProcessor(),
    await checkRuntime(),
    await checkWebGpu(),
    await checkCuda(),
    await checkPython(),
    await checkModels(),
  ];
}

function checkNode(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node',
    state: enough ? 'ok' : 'bad',
    found: `${process.versions.node} on ${process.platform} ${process.arch}`,
    fix: enough ? undefined : 'install Node 20.19 or newer',
  };
}

function checkMemory(): Check {
  const { cores } = describeMachine();
  const { total, available, limit } = machineMemory();
  const enough = total >= 4e9;
  const limited = limit === undefined ? '' : ' (limit of the container)';
  return {
    name: 'Machine',
    state: enough ? 'ok' : 'note',
    found: `${cores} cores, ${formatBytes(total)} of memory${limited}, ${formatBytes(available)} of it free`,
    fix: enough
      ? undefined
      : 'the default model wants about 3 GB while it trains; use adapter.method qlora or a smaller data.max_length',
  };
}

/** Instruction sets that the runtime's matrix kernels make use of, by their names in /proc/cpuinfo. */
const instructionSets = {
  avx2: 'AVX2',
  fma: 'FMA',
  avx512f: 'AVX-512',
  avx512_vnni: 'AVX-512 VNNI',
  avx_vnni: 'AVX-VNNI',
  avx512_bf16: 'AVX-512 BF16',
  amx_tile: 'AMX',
  asimd: 'NEON',
  i8mm: 'I8MM',
  bf16: 'BF16',
};

/** What the processor says that it can do; nothing where the system does not tell (Linux does). */
async function processorFlags(): Promise<ReadonlySet<string> | undefined> {
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => undefined);
  const flags = text && /^(?:flags|Features)\s*:\s*(.*)$/m.exec(text)?.[1];
  return flags ? new Set(flags.split(' ')) : undefined;
}

/** Whether products of bytes are several times as fast as those of float32 here; nothing where it is not known. */
export async function multipliesBytesFast(): Promise<boolean | undefined> {
  const flags = await processorFlags();
  return flags && ['avx512_vnni', 'avx_vnni', 'amx_int8', 'i8mm'].some((flag) => flags.has(flag));
}

async function checkProcessor(): Promise<Check> {
  const { cpu } = describeMachine();
  const flags = await processorFlags();
  if (!flags) return { name: 'Processor', state: 'ok', found: cpu };
  const known = Object.entries(instructionSets).flatMap(([flag, name]) => (flags.has(flag) ? [name] : []));
  const fast = flags.has('avx2') || flags.has('asimd');
  return {
    name: 'Processor',
    state: fast ? 'ok' : 'note',
    found: `${cpu} (${known.join(', ') || 'no vector instructions that the runtime knows'})`,
    fix: fast ? undefined : 'expect training to be several times slower here',
  };
}

async function checkRuntime(): Promise<Check> {
  try {
    await import('onnxruntime-node');
    return { name: 'Runtime', state: 'ok', found: `onnxruntime ${softwareVersions().onnxruntime} loads` };
  } catch (error) {
    return {
      name: 'Runtime',
      state: 'bad',
      found: `onnxruntime does not load: ${(error as Error).message.split('\n')[0]}`,
      fix: 'use Linux, Windows, or macOS on Apple silicon; then run npm ci again',
    };
  }
}

async function checkWebGpu(): Promise<Check> {
  const { works, backend, adapter, failure } = await findWebGpu();
  const found = works
    ? `works by ${backend}${adapter ? ` on ${adapter}` : ''}`
    : failure!.message.replace(/^WebGPU: /, '');
  return { name: 'WebGPU', state: works ? 'ok' : 'note', found, fix: failure?.fix };
}

/** Looks for NVIDIA's driver; the embedded engine does not use it. */
async function checkCuda(): Promise<Check> {
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader'];
  const found = await promisify(execFile)('nvidia-smi', query, { timeout: 10_000 })
    .then(({ stdout }) => stdout.trim().split('\n').join('; '))
    .catch(() => undefined);
  return { name: 'CUDA', state: 'ok', found: found || 'no NVIDIA driver (the embedded engine needs none)' };
}

const pythonPackages = ['torch', 'transformers', 'peft', 'bitsandbytes'];

/** Looks for a Python with the packages of fine-tuning; the embedded engine needs none. */
async function checkPython(): Promise<Check> {
  const script = [
    'import sys, importlib.metadata as m',
    'print("Python " + sys.version.split()[0])',
    `for name in ${JSON.stringify(pythonPackages)}:`,
    '    try: print(name + " " + m.version(name))',
    '    except m.PackageNotFoundError: pass',
  ].join('\n');
  const found = await promisify(execFile)('python3', ['-c', script], { timeout: 10_000 })
    .then(({ stdout }) => stdout.trim().split('\n').join(', '))
    .catch(() => undefined);
  return {
    name: 'Python',
    state: 'ok',
    found: `${found ?? 'no python3'} (the embedded engine needs none)`,
  };
}

async function checkModels(): Promise<Check> {
  const present = (await listModels()).filter((model) => model.path !== undefined);
  return {
    name: 'Models',
    state: present.length ? 'ok' : 'note',
    found: present.length ? present.map(({ name }) => name).join(', ') : 'none on the disk yet',
    fix: present.length ? undefined : 'the first run fetches the default model (about 94 MB)',
  };
}
