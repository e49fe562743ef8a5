// Makes BullMQ use the cluster's time. BullMQ passes Date.now() of the calling process to its scripts and compares the times of different
// processes. This module replaces that argument by the cluster's time and converts times in replies back to this process's clock.
import type { Clock } from '@danmux/runtime';
import { createRedisBackend, type QueueBaseOptions, type RedisQueueBackend } from 'bullmq';

/** Index of the time argument of each script, counting keys and arguments together. A test compares it with the scripts. */
export const timePlaces: Readonly<Record<string, number>> = {
  addJobScheduler: 17,
  changeDelay: 5,
  moveStalledJobsToWait: 11,
  moveToActive: 12,
  moveToDelayed: 12,
  moveToFinished: 15,
  moveToWaitingChildren: 9,
  releaseParentIfNoPendingDependencies: 4,
  retryJob: 12,
  updateJobScheduler: 16,
};
/** Index of the next delayed job's due time in the reply of a script that fetches a job. A due time of 0 means no delayed job. */
const dueAnswer = 3;

type Factory = (name: string, options: QueueBaseOptions, context?: Parameters<typeof createRedisBackend>[2]) => RedisQueueBackend;

/** Makes a queue or a worker use `clock`. */
export function backendOn(clock: Clock): Factory {
  return (name, options, context) => inTimeOf(clock, createRedisBackend(name, options, context));
}

function inTimeOf(clock: Clock, backend: RedisQueueBackend): RedisQueueBackend {
  const run = backend.execCommand.bind(backend);
  backend.execCommand = (client, script, args) => {
    const place = timePlaces[script];
    const answer: unknown = run(client, script, place === undefined ? args : args.with(place, clock.now()));
    // In a transaction there is no promise, because the reply arrives with EXEC.
    return answer instanceof Promise ? answer.then((value: unknown) => withLocalDue(clock, value)) : answer;
  };
  const wait = backend.waitForJob.bind(backend);
  backend.waitForJob = async (seconds) => {
    const marker = await wait(seconds);
    return marker && { ...marker, score: localOf(clock, marker.score) };
  };
  return backend;
}

function withLocalDue(clock: Clock, answer: unknown): unknown {
  if (!Array.isArray(answer) || answer.length !== dueAnswer + 1 || typeof answer[dueAnswer] !== 'number') return answer;
  return answer.with(dueAnswer, localOf(clock, answer[dueAnswer]));
}

/** Converts a cluster time to this process's clock; 0 stays 0, which means no time. */
function localOf(clock: Clock, time: number): number {
  return time > 0 ? time - clock.now() + Date.now() : time;
}
