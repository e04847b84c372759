/**
 * What a run was computed with, for its manifest.
 * @module
 */
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';

/** The machine of a run. */
export interface Machine {
  cpu: string;
  /** Cores that the process may use. */
  cores: number;
  /** Memory that the process may use. */
  memory_bytes: number;
  /** For example `linux-x64`. */
  platform: string;
}

/** Describes this machine, with the limits of the container that the process runs in. */
export function describeMachine(): Machine {
  const limit = process.constrainedMemory();
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_bytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    platform: `${process.platform}-${process.arch}`,
  };
}

/** Versions of the software that determines the numbers. */
export function softwareVersions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const version = (manifest: string): string => (require(manifest) as { version: string }).version;
  return {
    attune: version('../../package.json'),
    node: process.versions.node,
    onnxruntime: version('onnxruntime-node/package.json'),
  };
}
