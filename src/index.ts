/**
 * The public API: the parts of the command line as functions.
 *
 * ```ts
 * const recipe = await loadRecipe('recipe.yaml');
 * const { comparisons } = await runRecipe({
 *   recipe, command: 'my program', onProgress: () => {}, note: console.error,
 * });
 * ```
 * @module
 */

export { createChatFormat } from './chat/template.js';
export { Interrupted } from './cli/interrupt.js';
export type { Job } from './cli/pipeline/job.js';
export { type RunResult, runRecipe } from './cli/pipeline/run-recipe.js';
export { calculate } from './data/calculator.js';
export { checkData, type DataCheck } from './data/check.js';
export type { Dataset } from './data/dataset.js';
export { findDuplicates } from './data/dedup/find-duplicates.js';
export type { Example, Message, Split } from './data/example.js';
export { checkGrounding } from './data/pairs/checks/grounding.js';
export { type PrepareOptions, prepareDataset } from './data/prepare.js';
export { findPersonalData } from './data/privacy/find.js';
export { findStory, type ItemStory } from './data/story.js';
export { createOpenAiTeacher } from './data/teacher/openai-teacher.js';
export type { Teacher } from './data/teacher/teacher.js';
export { createGgufSystem } from './engine/llama-cpp/system.js';
export { createOnnxSystem } from './engine/onnx/system.js';
export { createOnnxEngine } from './engine/onnx/train-engine.js';
export { createTorchEngine } from './engine/torch/train-engine.js';
export { AttuneError, UsageError } from './errors.js';
export type { Benchmark } from './evaluate/benchmarks/benchmark.js';
export { heldOutBenchmark } from './evaluate/benchmarks/held-out.js';
export type { BenchmarkItem } from './evaluate/benchmarks/item.js';
export { loadBenchmark } from './evaluate/benchmarks/load-benchmark.js';
export { resolveScorers } from './evaluate/benchmarks/resolve-scorers.js';
export { compareRuns, compareSeedRuns } from './evaluate/compare-runs.js';
export type { Comparison } from './evaluate/comparison.js';
export { exportRatings, importRatings } from './evaluate/human/ratings.js';
export { studyResults } from './evaluate/human/results.js';
export { serveStudy } from './evaluate/human/server.js';
export { createStudy, openStudy } from './evaluate/human/study.js';
export { askJudge } from './evaluate/judge/ask-judge.js';
export type { Metric } from './evaluate/metrics/metric.js';
export { writeReport } from './evaluate/report/write-report.js';
export { evaluateSystem } from './evaluate/runner.js';
export type { GivenAnswer, Scorer } from './evaluate/scorers/scorer.js';
export type { UserScorer } from './evaluate/scorers/user-scorer.js';
export type { Answer, GenerationSettings, Prompt, System } from './evaluate/system.js';
export { createCachedSystem } from './evaluate/systems/cached.js';
export { createEndpointSystem } from './evaluate/systems/endpoint.js';
export { createRecordedSystem } from './evaluate/systems/recorded.js';
export { writeVerdict } from './evaluate/verdict.js';
export { exportGgufAdapter } from './export/gguf/adapter-export.js';
export { exportGguf } from './export/gguf/gguf-export.js';
export { type ExportSource, quantizedBaseTypes } from './export/merge.js';
export { exportModelfile } from './export/ollama/modelfile.js';
export { exportSafetensors } from './export/safetensors-export.js';
export { listModels } from './model/catalog.js';
export type { Model } from './model/model.js';
export { openModel } from './model/open.js';
export type { OnProgress, Progress } from './progress.js';
export { formatRecipe, loadRecipe, parseRecipe } from './recipe/load.js';
export { RecipeError, type RecipeProblem } from './recipe/problems.js';
export { type Recipe, recipeSchema, resolveRecipe } from './recipe/schema.js';
export { runTraining } from './train/loop.js';
export { makePlan, type Plan } from './train/plan.js';
export { readPlan, writePlan } from './train/plan-file.js';
export { openRun } from './train/run-folder.js';
