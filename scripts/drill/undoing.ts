// Undoes the effect of a drill on the cluster, also when the drill fails or is interrupted by Ctrl-C.

/** Runs `meanwhile`, then `undo`. `undo` must be synchronous, because an interrupted process waits for nothing. */
export async function undoing(undo: () => void, meanwhile: () => Promise<void>): Promise<void> {
  const interrupted = () => process.exit(130);
  process.once('exit', undo);
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  try {
    await meanwhile();
  } finally {
    process.off('exit', undo);
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    undo();
  }
}
