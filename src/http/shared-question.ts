/**
 * Asks one question at a time for all who wait. No answer is older than the wish for it: who comes
 * while a question is under way shares the next one.
 */
export function shareQuestion<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const run = (): Promise<T> => {
    const asked = ask().finally(() => {
      if (running === asked) running = null;
    });
    running = asked;
    return asked;
  };
  const runNext = (): Promise<T> => {
    next = null;
    return run();
  };
  return () => (running === null ? run() : (next ??= running.then(runNext, runNext)));
}
