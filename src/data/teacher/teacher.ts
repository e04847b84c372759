/**
 * A teacher: a model that is asked to write training examples.
 * @module
 */
import { AttuneError, type ErrorContext } from '../../errors.js';
import type { Message } from '../example.js';

/** One question to a teacher. Equal requests may be answered from a cache. */
export interface TeacherRequest {
  messages: Message[];
  /** Longest answer, in tokens. */
  max_tokens: number;
  temperature: number;
  seed: number;
  /** Whether the answer has to be a JSON object, for endpoints that can be told so. */
  json?: boolean;
}

/** What a teacher answered. */
export interface TeacherAnswer {
  text: string;
  promptTokens?: number;
  completionTokens?: number;
  /** `length`: cut off at `max_tokens`. */
  finish: 'stop' | 'length';
}

/** Anything that answers: an endpoint, or a model that runs in this process. */
export interface Teacher {
  /** For people and the notes of items, for example `qwen2.5-72b at localhost`. */
  name: string;
  /** Equal for teachers whose answers may stand for each other. */
  hash: string;
  /**
   * @throws TeacherError when there is no answer to this request
   * @throws the signal's reason when aborted
   */
  complete(request: TeacherRequest, signal?: AbortSignal): Promise<TeacherAnswer>;
}

/** A request that a teacher did not answer. */
export class TeacherError extends AttuneError {
  /** Whether every other request would fail alike (wrong key, unknown model), so that going on is of no use. */
  readonly hopeless: boolean;
  /** Whether this very request was refused, by a filter for example, and would be again. */
  readonly refused: boolean;

  constructor(message: string, context: ErrorContext & { hopeless?: boolean; refused?: boolean } = {}) {
    super(message, context);
    this.hopeless = context.hopeless ?? false;
    this.refused = context.refused ?? false;
  }
}
