/**
 * `deno task demo [--keep]`: a cluster of network namespaces on this machine, a real controller, real speakers, and a
 * Service that becomes reachable before your eyes.
 */
import { ensureBuilt } from "../../deploy/io/ensure.ts";
import { ensurePackages, SetupError } from "../setup.ts";
import { explainKeeping, type Meeting, openHostSide, openLabSide, watchServices } from "./demo/keep.ts";
import { Screen } from "./demo/screen.ts";
import { repairNodes, tellStory } from "./demo/story.ts";
import { endingSignals, ensureNamespaces, isInside, parentGone, startInside } from "./isolation.ts";
import { startLab } from "./lab.ts";
import { repositoryRoot } from "./scenario/root.ts";

const meetingVariable = "PEWTER_DEMO_MEETING";

const usage = `usage: deno task demo [--keep]

Builds a cluster of network namespaces on this machine and shows how a Service becomes reachable.
--keep   leave it running afterwards, for kubectl`;

/** On the host: prepares, runs the demo in a lab, and returns the exit code. */
export async function demo(args: readonly string[]): Promise<number> {
  const unknown = args.find((argument) => argument !== "--keep");
  if (unknown !== undefined) {
    const help = unknown === "--help" || unknown === "-h";
    (help ? console.log : console.error)(help ? usage : `${unknown} is not known\n${usage}`);
    return help ? 0 : 2;
  }
  try {
    await ensurePackages("demo");
    await ensureNamespaces();
    await ensureBuilt(repositoryRoot);
    return args.includes("--keep") ? await withMeeting(perform) : await perform(null);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return 1;
  }
}

async function withMeeting(work: (meeting: Meeting) => Promise<number>): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "pewter-demo-" });
  try {
    return await work(openHostSide(folder));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function perform(meeting: Meeting | null): Promise<number> {
  const env = meeting === null ? {} : { [meetingVariable]: JSON.stringify(meeting) };
  const lab = await startInside({ script: import.meta.filename ?? "", args: [], env });
  let ended = false;
  const end = () => {
    ended = true;
    lab.stop();
  };
  for (const signal of endingSignals) Deno.addSignalListener(signal, end);
  if (meeting !== null) void enterPressed().then(end);
  const code = await lab.status;
  for (const signal of endingSignals) Deno.removeSignalListener(signal, end);
  return ended && meeting !== null ? 0 : code;
}

/** Never resolves where standard input is closed or empty: then a signal ends the demo. */
async function enterPressed(): Promise<void> {
  const read = await Deno.stdin.read(new Uint8Array(256));
  if (read === null) await new Promise(() => {});
}

/** In the lab. */
async function inside(): Promise<number> {
  const screen = new Screen();
  const began = performance.now();
  screen.line("A cluster of network namespaces, for as long as this runs. Nothing leaves this machine.");
  const lab = await screen.step(
    "Build a cluster: a switch, three nodes, a client, an API server",
    () => startLab({ controlPlane: "embedded", say: (line) => screen.fact(line) }),
  );
  try {
    await tellStory(lab, screen);
  } catch (error) {
    screen.line(
      screen.paint("red", `\n   It did not work: ${error instanceof Error ? error.message : error}`),
    );
    for (const process of lab.product.processes) {
      screen.line(`   --- ${process.name}`);
      for (const line of process.logSince(0).trimEnd().split("\n").slice(-8)) {
        screen.line(`   | ${line.slice(0, 300)}`);
      }
    }
    return 1;
  }
  screen.line(`\nAll of it took ${((performance.now() - began) / 1000).toFixed(0)} s.`);
  const meeting = Deno.env.get(meetingVariable);
  if (meeting === undefined) return 0;
  await repairNodes(lab);
  explainKeeping(screen, await openLabSide(lab, JSON.parse(meeting) as Meeting));
  await watchServices(lab, screen);
  return 0;
}

if (import.meta.main) {
  if (isInside()) {
    void parentGone().then(() => Deno.exit(130));
    Deno.exit(await inside());
  }
  Deno.exit(await demo(Deno.args));
}
