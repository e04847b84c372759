/**
 * Whether this machine has a device that WebGPU can use, found out by using it.
 * @module
 */
import { fork } from 'node:child_process';
import { AttuneError } from '../../../errors.js';
import type { ProbeReport } from './probe-process.js';

/** What was found. */
export interface FoundWebGpu {
  works: boolean;
  /** The interface of the system below WebGPU. */
  backend: string;
  /** Name of the device; the runtime does not tell it, but Vulkan's loader does. */
  adapter?: string;
  /** Why it does not work, and what to do. */
  failure?: { message: string; fix?: string };
}

const backends: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'Vulkan',
  win32: 'Direct3D 12',
  darwin: 'Metal',
};

/** Milliseconds after which a driver is taken to hang. */
const patience = 60_000;

/**
 * Runs a small product on the device, in a process of its own: a driver that crashes or hangs does no harm.
 *
 * @param env environment of that process; default this one's
 */
export async function findWebGpu(env: NodeJS.ProcessEnv = process.env): Promise<FoundWebGpu> {
  const file = new URL('probe-process.js', import.meta.url.replace('/src/', '/dist/'));
  // Vulkan's loader names the device that is used (https://vulkan.lunarg.com/doc/sdk/latest/linux/LoaderDebugging.html).
  const child = fork(file, [], {
    env: { ...env, VK_LOADER_DEBUG: 'driver' },
    silent: true,
    timeout: patience,
  });
  let said = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (said += text));
  let report: ProbeReport | undefined;
  child.on('message', (message) => {
    report = message as ProbeReport;
  });
  const ended = await new Promise<string>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`));
  });
  const failure = report
    ? report.failure
    : {
        message: `WebGPU: the process that tried it ended with ${ended} before it could report`,
        fix: 'update the driver',
      };
  return {
    works: failure === undefined,
    backend: backends[process.platform] ?? process.platform,
    adapter: /Using "([^"]+)" with driver/.exec(said)?.[1],
    failure,
  };
}

/**
 * Makes sure that training can begin on the device.
 *
 * @throws {AttuneError} saying what was found and how to run on the CPU
 */
export async function requireWebGpu(): Promise<FoundWebGpu> {
  const found = await findWebGpu();
  if (!found.failure) return found;
  const { message, fix } = found.failure;
  const onTheCpu = 'or run on the CPU with training.device: cpu';
  throw new AttuneError(message, {
    field: 'training.device',
    fix: fix?.includes('training.device') ? fix : [fix, onTheCpu].filter(Boolean).join('; '),
  });
}
