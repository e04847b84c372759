/**
 * A GGUF file in llama.cpp, and what its metadata says of conversations.
 * @module
 */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { type ChatFormat, createChatFormat } from '../../chat/template.js';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';

/** A GGUF file that is open. */
export interface OpenGguf {
  llama: Llama;
  model: LlamaModel;
}

/** What a file is opened with. */
export interface OpenGgufOptions {
  file: string;
  /** Threads on the processor. Default: the cores that are of use. */
  threads?: number;
  /** Whether a graphics processor may be used where there is one. */
  gpu: boolean;
}

/**
 * Opens a GGUF file of any architecture that llama.cpp knows. Only the binaries that are installed are used: nothing is
 * downloaded or built.
 *
 * @throws AttuneError when there is no binary for this machine or the file is no model
 */
export async function openGguf({ file, threads, gpu }: OpenGgufOptions): Promise<OpenGguf> {
  // The file is looked at first, so that a wrong path is told as for every other file.
  await open(file, 'r').then(
    (handle) => handle.close(),
    (error) => {
      throw fileError(error, file);
    },
  );
  const said: string[] = [];
  const llama = await startLlama(threads, gpu, said);
  try {
    return { llama, model: await llama.loadModel({ modelPath: file }) };
  } catch (error) {
    await llama.dispose();
    throw new AttuneError(
      `llama.cpp cannot open the file: ${(error as Error).message}${said.length > 0 ? ` (${said[0]!.trim()})` : ''}`,
      { file, fix: 'check that the file is whole and of an architecture that llama.cpp knows', cause: error },
    );
  }
}

async function startLlama(threads: number | undefined, gpu: boolean, said: string[]): Promise<Llama> {
  try {
    // Loaded here and not above: the native part is only wanted where a GGUF file answers.
    const { getLlama, LlamaLogLevel } = await import('node-llama-cpp');
    return await getLlama({
      gpu: gpu ? 'auto' : false,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: LlamaLogLevel.error,
      logger: (_level, message) => said.push(message),
      ...(threads === undefined ? {} : { maxThreads: threads }),
    });
  } catch (error) {
    throw new AttuneError(`llama.cpp cannot be started: ${(error as Error).message}`, {
      field: 'file',
      fix: 'install node-llama-cpp with its optional packages (npm install --include=optional), which hold its binaries',
      cause: error,
    });
  }
}

/**
 * Opens a context for `sequences` texts of at most `contextSize` tokens each.
 *
 * @throws AttuneError when there is no memory for it, or the adapter does not fit
 */
export async function openContext(
  { model }: OpenGguf,
  options: { sequences: number; contextSize: number; threads?: number; adapterFile?: string; file: string },
): Promise<LlamaContext> {
  const { adapterFile: lora, file, ...rest } = options;
  try {
    return await model.createContext({ ...rest, ...(lora === undefined ? {} : { lora }) });
  } catch (error) {
    throw new AttuneError(`llama.cpp cannot make room for the texts: ${(error as Error).message}`, {
      file: lora ?? file,
      field: 'batch_size',
      fix: lora
        ? 'check that the adapter was made for this model (convert_lora_to_gguf.py), or lower batch_size'
        : 'lower batch_size or context_size',
      cause: error,
    });
  }
}

interface TokenizerMetadata {
  tokens?: readonly string[];
  token_type?: readonly number[];
  eos_token_id?: unknown;
  eot_token_id?: unknown;
}

/** Kind of token in GGUF metadata: a control token, which is written out in no other way. */
const controlToken = 3;

/**
 * The chat format that the file's own metadata describes.
 *
 * @throws AttuneError when the template in it is broken; a missing one only when a conversation is rendered
 */
export function formatOfGguf({ model }: OpenGguf): ChatFormat {
  const { tokenizer } = model.fileInfo.metadata as {
    tokenizer?: { chat_template?: unknown; ggml?: TokenizerMetadata };
  };
  const { tokens = [], token_type: types = [], ...ends }: TokenizerMetadata = tokenizer?.ggml ?? {};
  const ids = new Map(tokens.map((content, id) => [content, id]));
  const template = tokenizer?.chat_template;
  const control = tokens.flatMap((content, id) =>
    types[id] === controlToken ? [{ id, content, special: true }] : [],
  );
  return createChatFormat({
    ...(typeof template === 'string' ? { chatTemplate: template } : {}),
    // Not llama.cpp's own guess at further tokens that end a turn: the embedded engine has these.
    config: { eosTokenIds: [...new Set([ends.eos_token_id, ends.eot_token_id].filter(isToken))] },
    tokenizer: {
      bosToken: model.tokens.bosString ?? undefined,
      eosToken: model.tokens.eosString ?? undefined,
      tokenToId: (token) => ids.get(token),
      toJSON: () => JSON.stringify({ added_tokens: control, post_processor: beginningOfText(model) }),
    },
  });
}

/** What the tokenizer puts before a plain text, as `tokenizer.json` says it. */
function beginningOfText({ tokens: { bos, bosString, shouldPrependBosToken } }: LlamaModel): object | null {
  if (!shouldPrependBosToken || bos === null || bosString === null) return null;
  return {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: bosString } }, { Sequence: { id: 'A' } }],
    special_tokens: { [bosString]: { ids: [bos] } },
  };
}

const isToken = (id: unknown): id is number => typeof id === 'number';

const sampleBytes = 4096;
const sampleCount = 2048;

/**
 * SHA-256 over a file's length and samples of 4 KiB spread evenly over it, every byte of files up to 8 MiB: some
 * milliseconds for a file of many gigabytes. Training changes the weights everywhere, so no trained copy has the same.
 */
export async function sampledHash(file: string): Promise<string> {
  const handle = await open(file, 'r').catch((error) => {
    throw fileError(error, file);
  });
  try {
    const { size } = await handle.stat();
    const hash = createHash('sha256').update(`${size}\n`);
    const buffer = new Uint8Array(sampleBytes);
    const count = Math.min(sampleCount, Math.ceil(size / sampleBytes));
    for (let i = 0; i < count; i++) {
      const last = Math.max(0, size - sampleBytes);
      const position = count === 1 ? 0 : Math.floor((last * i) / (count - 1));
      const { bytesRead } = await handle.read(buffer, 0, sampleBytes, position);
      hash.update(buffer.subarray(0, bytesRead));
    }
    return hash.digest('hex');
  } catch (error) {
    throw fileError(error, file);
  } finally {
    await handle.close();
  }
}
