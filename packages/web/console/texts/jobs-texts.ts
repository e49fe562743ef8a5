// The page of jobs, in English and 简体中文.

const english = {
  oneJob: 'Find a job',
  jobId: 'Job id',
  jobIntro: 'The reply to a broadcast or a delayed message contains its job id.',
  failedJobs: 'Failed after all attempts',
  noFailedJobs: 'No job has failed.',
  job: 'Job',
  state: 'State',
  jobStates: { waiting: 'waiting', delayed: 'delayed', active: 'active', done: 'done', failed: 'failed' },
  jobNames: { publish: 'delayed message', broadcast: 'broadcast', redeliver: 'redelivery', receipts: 'receipt totals', archive: 'archive' } as Readonly<
    Record<string, string>
  >,
  progress: 'Progress',
  attempts: 'Attempts',
  made: 'Created',
  why: 'Error',
  retry: 'Run again',
  retryTitle: 'Run this job again?',
  retryText: (name: string, id: string) => `The job ${name} (${id}) continues where it stopped, and its attempts are counted from zero.`,
  retried: (id: string) => `Job runs again: ${id}`,
  cancelJob: 'Cancel job',
  cancelTitle: 'Cancel this job?',
  cancelText: (name: string, id: string) => `The job ${name} (${id}) will not run, and its messages will not be sent.`,
  cancelled: (id: string) => `Cancelled job ${id}`,
};

const chinese: typeof english = {
  oneJob: '查询任务',
  jobId: '任务 ID',
  jobIntro: '广播和延时消息的应答里有任务 ID。',
  failedJobs: '最终失败',
  noFailedJobs: '没有失败的任务。',
  job: '任务',
  state: '状态',
  jobStates: { waiting: '等待', delayed: '延时', active: '执行中', done: '完成', failed: '失败' },
  jobNames: { publish: '延时消息', broadcast: '广播', redeliver: '重新投递', receipts: '回执统计', archive: '归档' },
  progress: '进度',
  attempts: '次数',
  made: '创建',
  why: '原因',
  retry: '重新执行',
  retryTitle: '重新执行这个任务？',
  retryText: (name, id) => `任务 ${name}（${id}）将从中断处继续，重试次数重新计算。`,
  retried: (id) => `重新执行 ${id}`,
  cancelJob: '取消任务',
  cancelTitle: '取消这个任务？',
  cancelText: (name, id) => `任务 ${name}（${id}）不再执行，它要发的消息不会发出。`,
  cancelled: (id) => `已取消 ${id}`,
};

export const jobsTexts = { english, chinese };
