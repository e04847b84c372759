/**
 * What the runtime says when a device fails, in words that help.
 * @module
 */
import { AttuneError } from '../../../errors.js';

/** How every such message ends: the CPU is chosen by the user, never by Attune. */
const orOnTheCpu = 'or run on the CPU with training.device: cpu';

/** What to look for in the runtime's message, and what it means. */
const causes: { pattern: RegExp; message: string; fix: string }[] = [
  {
    pattern: /get a WebGPU adapter|No supported adapters/i,
    message: 'no graphics processor was found that WebGPU can use',
    fix: `install a driver (Vulkan on Linux, Direct3D 12 on Windows) and look with: attune doctor; ${orOnTheCpu}`,
  },
  {
    pattern:
      /not supported in this build|WebGPU execution provider is not (?:supported|available)|backend not found/i,
    message: `onnxruntime has no WebGPU on ${process.platform} ${process.arch}`,
    fix: 'run on the CPU with training.device: cpu',
  },
  {
    pattern: /get a WebGPU device|device (?:was )?lost/i,
    message: 'the driver refused to work or stopped working',
    fix: `update the driver; where another program fills the device's memory, end it; ${orOnTheCpu}`,
  },
  {
    // A buffer that could not be made is told of when it is first used.
    pattern: /Invalid Buffer|out of (?:device )?memory|OUT_OF_\w*MEMORY|exceeds the max|too large/i,
    message: "the device's memory, or the size of one of its buffers, is not enough",
    fix: `set training.gradient_checkpointing: true, or lower training.per_device_train_batch_size or data.max_length; ${orOnTheCpu}`,
  },
  {
    pattern: /assigned to the default CPU EP|Could not find an implementation/i,
    message: "the device's provider lacks an operator of this graph, and nothing runs on the CPU unasked",
    fix: 'run on the CPU with training.device: cpu, and report the settings to the makers of Attune',
  },
];

/** The runtime's failure as an error that says what was found and how to go on. */
export function explainFailure(error: Error): AttuneError {
  // The runtime puts the place in its own source before the sentence.
  const said = error.message
    .trim()
    .split('\n')[0]!
    .replace(/^\/\S+:\d+ .*? was false\.\s*/, '');
  const cause = causes.find(({ pattern }) => pattern.test(error.message));
  return new AttuneError(`WebGPU: ${cause?.message ?? 'the device failed'} (${said})`, {
    field: 'training.device',
    fix: cause?.fix ?? `look with: attune doctor; ${orOnTheCpu}`,
    cause: error,
  });
}
