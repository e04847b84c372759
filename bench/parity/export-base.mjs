/** `node export-base.mjs <folder>` writes the default model as a Transformers folder in float32, for Python. */
import { join } from 'node:path';
import { defaultModel } from '../../dist/model/catalog.js';
import { writeModelFiles } from '../../dist/model/model-files.js';
import { openModel } from '../../dist/model/open.js';
import { writeSafetensors } from '../../dist/model/safetensors.js';

const [folder] = process.argv.slice(2);
const model = await openModel(defaultModel);
await writeModelFiles(folder, model);
const tensors = [...model.weights.tensors.values()].map(({ name, shape }) => ({
  name,
  dtype: 'F32',
  shape,
  data: () => model.weights.readFloat32(name),
}));
await writeSafetensors(join(folder, 'model.safetensors'), tensors, { format: 'pt' });
