// Loaded with --import: lets writing into files whose path holds ATTUNE_TEST_FULL_DISK fail as a full disk does.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const full = process.env.ATTUNE_TEST_FULL_DISK;
const noSpace = (path) =>
  Object.assign(new Error(`ENOSPC: no space left on device, write '${path}'`), { code: 'ENOSPC' });

const { open } = fs;
fs.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  if (!String(path).includes(full)) return handle;
  const fail = async () => {
    throw noSpace(path);
  };
  return Object.assign(handle, { write: fail, writeFile: fail, appendFile: fail });
};
const { writeFile } = fs;
fs.writeFile = async (path, ...rest) => {
  if (String(path).includes(full)) throw noSpace(path);
  return writeFile(path, ...rest);
};
syncBuiltinESMExports();
