/** Turns many calls into few runs. */

/** Calls `work` after each call, never twice at once; calls that arrive meanwhile are one more. A failure is tried again. */
export function serially(work: () => Promise<void>): () => void {
  let busy = false;
  let again = false;
  const loop = async () => {
    busy = true;
    while (again) {
      again = false;
      try {
        await work();
      } catch {
        again = true;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
    busy = false;
  };
  return () => {
    again = true;
    if (!busy) void loop();
  };
}
