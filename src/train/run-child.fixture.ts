/**
 * A process that trains in the folder named by its first argument, made to be killed; the second one names a course
 * through stages, without it the plan is plain.
 * @module
 */
import { runTraining } from './loop.js';
import { courses, inRun, stagedPlan, trainStages } from './staged-run.fixture.js';
import { FakeEngine, fakePlan } from './training.fixture.js';

const [directory, course] = process.argv.slice(2);
const engine = new FakeEngine({ delay: 12 });
await inRun(directory!, course ? stagedPlan() : fakePlan(), engine, async (options) => {
  process.stdout.write('started\n');
  if (course) await trainStages(courses[course as keyof typeof courses], options);
  else await runTraining({ ...options, saveTotalLimit: 2 });
});
