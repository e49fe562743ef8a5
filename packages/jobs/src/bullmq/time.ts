// BullMQ asks the clock of whichever process calls it, and compares what two of them said. Here its scripts get the cluster's time
// instead, and what they answer is put back into this process's, since BullMQ waits by that.
import type { Clock } from '@danmux/runtime';
import { createRedisBackend, type QueueBaseOptions, type RedisQueueBackend } from 'bullmq';

/** Where each script is told what time it is: its place among keys and arguments together. A test holds it against the scripts. */
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
/** Where a script that takes a job answers when the next delayed one is due; 0 is none. */
const dueAnswer = 3;

type Factory = (name: string, options: QueueBaseOptions, context?: Parameters<typeof createRedisBackend>[2]) => RedisQueueBackend;

/** How a queue or a worker is made to go by `clock`. */
export function backendOn(clock: Clock): Factory {
  return (name, options, context) => inTimeOf(clock, createRedisBackend(name, options, context));
}

function inTimeOf(clock: Clock, backend: RedisQueueBackend): RedisQueueBackend {
  const run = backend.execCommand.bind(backend);
  backend.execCommand = (client, script, args) => {
    const place = timePlaces[script];
    const answer: unknown = run(client, script, place === undefined ? args : args.with(place, clock.now()));
    // In a transaction the answer comes with all others.
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

/** A time of the cluster's on the clock of this process; 0 is no time. */
function localOf(clock: Clock, time: number): number {
  return time > 0 ? time - clock.now() + Date.now() : time;
}
