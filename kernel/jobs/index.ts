export { attemptsByJob, attemptsBySubject } from './attempts.ts';
export {
  type DeadJob,
  type DeadJobFilter,
  discardDeadJobs,
  listDeadJobs,
  retryDeadJobs,
} from './dead-jobs.ts';
export { enqueue } from './enqueue.ts';
export { jobStats, type QueueStats } from './job-stats.ts';
export type {
  Enqueue,
  GiveWay,
  Job,
  JobAttempt,
  JobDefinition,
  JobResult,
  NewJob,
  Schedule,
} from './types.ts';
export { wakeAfterCommit } from './wake.ts';
export { createWorker, type Worker, type WorkerOptions, type WorkerStats } from './worker.ts';
