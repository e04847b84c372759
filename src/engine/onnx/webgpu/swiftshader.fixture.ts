/**
 * WebGPU without a graphics processor: SwiftShader (https://swiftshader.googlesource.com/SwiftShader), as Debian's package
 * `chromium-common` brings it.
 * @module
 */
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';

const folder = '/usr/lib/chromium';
const files = ['libvulkan.so.1', 'libvk_swiftshader.so', 'vk_swiftshader_icd.json'];
const absent = files.find((name) => !existsSync(join(folder, name)));

/** Why the tests of WebGPU cannot run here; `undefined` where they can. */
export const noSwiftShader =
  absent && `${join(folder, absent)} is absent: install Debian's package chromium-common to run this test`;

/** Suffix of a suite's name that says why it is skipped. */
export const swiftShaderNote = noSwiftShader ? ` (skipped: ${noSwiftShader})` : '';

/** The environment in which a process finds SwiftShader from its start. */
export function swiftShaderEnvironment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    LD_LIBRARY_PATH: folder,
    VK_ICD_FILENAMES: join(folder, 'vk_swiftshader_icd.json'),
  };
}

/** Keeps a library in the process after the handle to it is closed (dlopen(3)); Node does not name this flag. */
const RTLD_NODELETE = 0x1000;

/**
 * Lets this process' runtime find SwiftShader. LD_LIBRARY_PATH would have to be set before the process starts; a library
 * that is loaded already is found by its name alone.
 */
export function useSwiftShader(): void {
  process.env.VK_ICD_FILENAMES = join(folder, 'vk_swiftshader_icd.json');
  try {
    process.dlopen(
      { exports: {} },
      join(folder, 'libvulkan.so.1'),
      constants.dlopen.RTLD_NOW | RTLD_NODELETE,
    );
  } catch {
    // It is no module of Node, which is all that fails.
  }
}
