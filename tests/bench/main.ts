/**
 * `deno task bench [--quick | --full] [PART ...]`: figures of speed and memory beside their yardsticks, taken in the
 * same run. `--quick` leaves out what takes minutes; `--full`, all of it, is also what runs without a word. It lives in
 * namespaces of its own, like the lab.
 */
import { ensureBuilt } from "../../deploy/io/ensure.ts";
import { isInside, runInside } from "../lab/isolation.ts";
import { ensurePackages } from "../setup.ts";
import { benchAllocator } from "./allocator.ts";
import { arpFigures } from "./arpfigures.ts";
import { benchSpeakerMemory } from "./memory.ts";
import { benchLatency, benchServices } from "./services.ts";
import { type Figure, printFigures } from "./table.ts";

interface Part {
  readonly title: string;
  /** Figures, or a sentence that says why there are none. */
  readonly run: (quick: boolean) => Promise<readonly Figure[] | string>;
}

const parts: Readonly<Record<string, Part>> = {
  arp: { title: "ARP: the data plane beside a responder in C", run: () => arpFigures() },
  allocator: { title: "The allocator alone", run: () => Promise.resolve(allocatorFigures()) },
  latency: { title: "One Service at a time, real API server", run: () => benchLatency(200) },
  services: { title: "1,000 waiting Services, real API server", run: () => benchServices(1000) },
  many: {
    title: "10,000 waiting Services, real API server (takes minutes)",
    run: async (quick) => quick ? "left out by --quick" : await benchServices(10_000),
  },
  speaker: { title: "The speaker", run: () => benchSpeakerMemory() },
};

const root = new URL("../../", import.meta.url).pathname;

Deno.exit(await main(Deno.args));

async function main(args: readonly string[]): Promise<number> {
  const chosen = args.filter((arg) => !arg.startsWith("-"));
  const unknown = [...chosen.filter((name) => !Object.hasOwn(parts, name)), ...args.filter(isUnknownFlag)];
  if (unknown.length > 0) {
    console.error(`bench: unknown: ${unknown.join(", ")}; the parts are ${Object.keys(parts).join(", ")}`);
    return 2;
  }
  if (!isInside()) {
    await ensurePackages("bench");
    await ensureBuilt(root);
    return await runInside({ script: new URL(import.meta.url).pathname, args }, console.log);
  }
  let missed = 0;
  for (const [name, { title, run }] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    const figures = await run(args.includes("--quick"));
    if (typeof figures === "string") {
      console.log(`\n${title}\n  not measured: ${figures}`);
      continue;
    }
    printFigures(title, figures);
    missed += figures.filter(({ met }) => met === false).length;
  }
  console.log(missed === 0 ? "\nEvery goal is met." : `\n${missed} goals are missed.`);
  return 0;
}

function isUnknownFlag(arg: string): boolean {
  return arg.startsWith("-") && arg !== "--full" && arg !== "--quick";
}

function allocatorFigures(): readonly Figure[] {
  return benchAllocator().map(({ what, perItemUs, items, goalUs }): Figure => ({
    name: `${what} (${items})`,
    value: `${perItemUs.toFixed(2)} µs`,
    ...(goalUs === null ? {} : { goal: `≤ ${goalUs} µs`, met: perItemUs <= goalUs }),
  }));
}
