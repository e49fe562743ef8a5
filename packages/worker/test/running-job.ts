// A running job for tests of handlers without a queue.
import type { JobData, JobName, JobProgress, RunningJob } from '@danmux/jobs';

export interface TestJob<N extends JobName> extends RunningJob<N> {
  readonly reports: JobProgress[];
  readonly ended: AbortController;
}

export function runningJob<N extends JobName>(name: N, data: JobData[N], progress: JobProgress | null = null): TestJob<N> {
  const reports: JobProgress[] = [];
  const ended = new AbortController();
  const report = async (next: JobProgress) => void reports.push(next);
  return { id: 'j', name, data, attempt: progress ? 2 : 1, progress, signal: ended.signal, report, reports, ended };
}
