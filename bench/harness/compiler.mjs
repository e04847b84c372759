/**
 * The C++ compiler that torch.compile needs on a processor.
 * @module
 */
import { execFileSync } from 'node:child_process';

/**
 * Why torch.compile cannot work here, or undefined where it can. It calls `CXX`, or else g++ (clang++ on macOS, cl on
 * Windows).
 */
export function reasonNotToCompile() {
  const fallback = { darwin: 'clang++', win32: 'cl' }[process.platform] ?? 'g++';
  const compiler = process.env.CXX || fallback;
  try {
    execFileSync(compiler, process.platform === 'win32' ? [] : ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `torch.compile needs a C++ compiler, and ${compiler} is not there: install one (on Debian: apt-get install g++) or name it in CXX`;
  }
}
