/** The whole controller under a real API server: many Services that wait, and one at a time. */
import { Logger } from "../../core/log.ts";
import { type Service, trimService } from "../../core/service.ts";
import { openClient } from "../../kube/client.ts";
import { systemClock } from "../../kube/clock.ts";
import { reflect } from "../../kube/reflector.ts";
import { services } from "../../kube/resources.ts";
import { until } from "../lab/wait.ts";
import {
  adminConfig,
  closeStage,
  idleMib,
  logged,
  openStage,
  poolManifest,
  residentMib,
  serviceManifest,
  sideBySide,
  type Stage,
  startProduct,
} from "./product.ts";
import { type Figure, ms, perSecond, quantile } from "./table.ts";

/** How many requests the bench and the controller have under way at once. */
const width = 32;
const otherClass = "bench.invalid/other";

/** `count` Services wait, all are served; a sentence where this machine has no API server. */
export async function benchServices(count: number): Promise<readonly Figure[] | string> {
  const stage = await openStage();
  if (typeof stage === "string") return stage;
  try {
    const idle = await idleController(stage);
    await stage.api.apply(poolManifest("bench", ["10.0.0.0/8"]));
    const waiting = names("waiting", count);
    await sideBySide(waiting, width, (name) => stage.api.create(serviceManifest(name)));
    // The same watch sees both: telling a watcher of a write costs an API server half as much as the write.
    const watch = watchAssigned(stage);
    await watch.listed;
    const beforeMs = await bareStatusWrites(stage, waiting, "before");
    const served = await serveWaiting(stage, waiting, watch);
    // Before and after, since the machine has other things to do now and then.
    const bareMs = (beforeMs + await bareStatusWrites(stage, waiting, "after")) / 2;
    watch.stop();
    const bareRate = perSecond(count, bareMs);
    const rate = perSecond(count - 1, served.lastMs - served.firstMs);
    const restart = await restarted(stage);
    return [
      {
        name: "bare status writes, 32 side by side, watched",
        value: `${bareRate.toFixed(0)}/s (${ms(bareMs)})`,
      },
      {
        name: `${count} waiting Services, first to last address`,
        value: `${rate.toFixed(0)}/s`,
        goal: "≥ 80 % of the bare rate",
        met: rate >= 0.8 * bareRate,
      },
      { name: "start of the process to the first address", value: ms(served.firstMs) },
      { name: "start of the process to the last address", value: ms(served.lastMs) },
      { name: `restart with ${count} assigned: caught up after`, value: ms(restart.readyMs) },
      { name: `bare paged LIST of them`, value: ms(restart.listMs) },
      {
        name: `restart with ${count} assigned: ready beyond the bare LIST`,
        value: ms(restart.readyMs - restart.listMs),
        goal: "≤ 3 s",
        met: restart.readyMs - restart.listMs <= 3000,
      },
      {
        name: "Services written by the restart, without need",
        value: String(restart.rewritten),
        goal: "none",
        met: restart.rewritten === 0,
      },
      {
        name: "controller's memory, idle",
        value: `${idle.toFixed(0)} MiB`,
        goal: "≤ 80 MB",
        met: idle <= 80,
      },
      { name: `controller's memory after ${count} were served`, value: `${served.mib.toFixed(0)} MiB` },
      {
        name: `controller's memory after the restart with ${count}`,
        value: `${restart.mib.toFixed(0)} MiB`,
        goal: "≤ 150 MB",
        met: restart.mib <= 150,
      },
    ];
  } finally {
    await closeStage(stage);
  }
}

/** From the creation of a Service to its address, one Service at a time, beside what the API server needs itself. */
export async function benchLatency(count: number): Promise<readonly Figure[] | string> {
  const stage = await openStage();
  if (typeof stage === "string") return stage;
  try {
    await stage.api.apply(poolManifest("bench", ["10.0.0.0/16"]));
    const controller = startProduct(stage, "controller", controllerArguments);
    await logged(controller, "caughtUp");
    const watch = watchAssigned(stage);
    await watch.listed;
    const bare: number[] = [];
    const whole: number[] = [];
    // By turns, so that whatever else the machine does meets both.
    for (const name of names("one", count)) {
      bare.push(await bareCreation(stage, `bare-${name}`));
      const startMs = performance.now();
      await stage.api.create(serviceManifest(name));
      await until(`address of ${name}`, 10_000, () => watch.at.has(name) ? true : undefined, 1);
      whole.push((watch.at.get(name) ?? NaN) - startMs);
    }
    watch.stop();
    await controller.end("SIGTERM");
    const p50 = quantile(whole, 0.5);
    const bareP50 = quantile(bare, 0.5);
    return [
      {
        name: "bare create and status write, p50 / p99",
        value: `${ms(bareP50)} / ${ms(quantile(bare, 0.99))}`,
      },
      {
        name: "Service created → address seen by a watch, p50 / p99",
        value: `${ms(p50)} / ${ms(quantile(whole, 0.99))}`,
        goal: "p50 within 5 ms of bare",
        met: p50 <= bareP50 + 5,
      },
    ];
  } finally {
    await closeStage(stage);
  }
}

/** A Service that is not the controller's, created and given an address by hand; in milliseconds. */
async function bareCreation(stage: Stage, name: string): Promise<number> {
  const startMs = performance.now();
  const service = await stage.api.create(serviceManifest(name, otherClass));
  await stage.api.patch(service, statusOf("10.255.0.1"), "status");
  return performance.now() - startMs;
}

const controllerArguments = ["--health-probe-port=0", "--port=0", "--leader-elect=false"];

function names(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

function statusOf(ip: string): unknown {
  return { status: { loadBalancer: { ingress: [{ ip }] } } };
}

async function idleController(stage: Stage): Promise<number> {
  const controller = startProduct(stage, "controller", controllerArguments);
  await logged(controller, "caughtUp");
  const settled = await idleMib(controller);
  await controller.end("SIGTERM");
  return settled;
}

/** The yardstick: a status write of the same size that leaves the Services waiting. */
async function bareStatusWrites(stage: Stage, of: readonly string[], message: string): Promise<number> {
  const condition = {
    type: "bench.invalid/written",
    status: "True",
    reason: "Bench",
    message,
    lastTransitionTime: "2026-01-01T00:00:00Z",
  };
  const startMs = performance.now();
  const patch = { status: { conditions: [condition] } };
  await sideBySide(of, width, (name) => stage.api.patch(serviceManifest(name), patch, "status"));
  return performance.now() - startMs;
}

async function serveWaiting(
  stage: Stage,
  waiting: readonly string[],
  watch: ReturnType<typeof watchAssigned>,
) {
  const startMs = performance.now();
  const controller = startProduct(stage, "controller", controllerArguments);
  await until(
    "all Services have addresses",
    600_000,
    () => watch.at.size >= waiting.length ? true : undefined,
  );
  const times = [...watch.at.values()];
  const mib = residentMib(controller);
  await controller.end("SIGTERM");
  return {
    firstMs: Math.min(...times) - startMs,
    lastMs: times.reduce((a, b) => Math.max(a, b)) - startMs,
    mib,
  };
}

/** What a new process takes when all have addresses already, beside a list of the same by our own client. */
async function restarted(stage: Stage) {
  const before = await listed(stage);
  const startMs = performance.now();
  const controller = startProduct(stage, "controller", controllerArguments);
  await logged(controller, "caughtUp");
  const readyMs = performance.now() - startMs;
  const mib = await idleMib(controller);
  await controller.end("SIGTERM");
  const after = await listed(stage);
  const rewritten =
    [...after.versions].filter(([name, version]) => before.versions.get(name) !== version).length;
  return { readyMs, listMs: before.tookMs, rewritten, mib };
}

/** The resourceVersions of all Services by name, and how long the list took. */
async function listed(stage: Stage) {
  const client = openClient({
    config: adminConfig(stage),
    clock: systemClock,
    random: Math.random,
    userAgent: "bench",
  });
  const startMs = performance.now();
  const { items } = await client.list(services, trimService);
  const tookMs = performance.now() - startMs;
  client.close();
  return { versions: new Map(items.map(({ name, resourceVersion }) => [name, resourceVersion])), tookMs };
}

/** When each Service of no class was first seen with an address, by our own watch. */
function watchAssigned(stage: Stage) {
  const at = new Map<string, number>();
  const listed = Promise.withResolvers<void>();
  const abort = new AbortController();
  const client = openClient({
    config: adminConfig(stage),
    clock: systemClock,
    random: Math.random,
    userAgent: "bench",
  });
  const look = (service: Service) => {
    if (service.ingress.length === 0 || service.loadBalancerClass !== null || at.has(service.name)) return;
    at.set(service.name, performance.now());
  };
  reflect<Service>({
    api: client,
    resource: services,
    trim: trimService,
    clock: systemClock,
    random: Math.random,
    log: new Logger("none", () => {}, () => systemClock.wallMs()),
    post: (input) => {
      if (input.type === "changed") look(input.object);
      if (input.type === "synced") {
        input.items.forEach(look);
        listed.resolve();
      }
    },
  }, abort.signal).finally(() => client.close());
  return { at, listed: listed.promise, stop: () => abort.abort() };
}
