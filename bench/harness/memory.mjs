/**
 * Peak memory of the process itself.
 * @module
 */
import { readFileSync } from 'node:fs';

/** Highest resident memory so far in bytes, mapped files included: `VmHWM` on Linux, `getrusage` elsewhere. */
export function peakMemoryBytes() {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return Number(kilobytes) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
