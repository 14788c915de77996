import { assertEquals } from "@std/assert";
import { ensureNamespaces } from "../../lab/isolation.ts";
import { until } from "../../lab/wait.ts";
import { skippable } from "../../support/skip.ts";

const script = new URL("isolation_lab.ts", import.meta.url).pathname;

const reason = await ensureNamespaces().then(() => null, (error: unknown) => String(error));

function startHolder(mark: string): Deno.ChildProcess {
  const args = ["run", "-A", "--no-check", "--frozen=false", script, mark];
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "inherit" })
    .spawn();
}

/** What the holder prints first: that its lab's network is built, seen from inside. */
async function firstLine(child: Deno.ChildProcess): Promise<string> {
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  reader.releaseLock();
  return value.trim();
}

/** The processes of this machine that have `mark` among their arguments. */
function processesWith(mark: string): number {
  let count = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (Deno.readTextFileSync(`/proc/${name}/cmdline`).split("\0").includes(mark)) count++;
    } catch {
      // It ended meanwhile.
    }
  }
  return count;
}

Deno.test({
  ...skippable("two labs at once don't see each other, and SIGKILL leaves nothing of them", reason),
  // The children's streams end with the children, which are killed.
  sanitizeResources: false,
  fn: async () => {
    const marks = [crypto.randomUUID(), crypto.randomUUID()];
    const holders = marks.map(startHolder);
    try {
      assertEquals(await Promise.all(holders.map(firstLine)), ["built", "built"]);
      for (const mark of marks) assertEquals(processesWith(mark) >= 3, true);
    } finally {
      for (const holder of holders) holder.kill("SIGKILL");
    }
    await Promise.all(holders.map((holder) => holder.status));
    for (const mark of marks) {
      await until("the end of all processes", 10_000, () => processesWith(mark) === 0 ? true : undefined);
    }
  },
});
