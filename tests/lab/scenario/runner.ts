/** Runs a scenario in a lab that others ran in before, and leaves the lab as it was. */
import type { Lab } from "../lab.ts";
import { sleep } from "../wait.ts";
import { type Deed, perform } from "./actions.ts";
import { describeExpectation, describeStep } from "./describe.ts";
import { check, type Context } from "./expectations.ts";
import { NotSeen } from "./notseen.ts";
import { addressesOf } from "./references.ts";
import type { Action, Expectation, Scenario, Step } from "./scenario.ts";
import { forgetNeighbours, portOf } from "./traffic.ts";

export interface RunReport {
  readonly passed: boolean;
  readonly tookMs: number;
  /** Why not, and at which step. */
  readonly failure: string | null;
}

/** Called after each step. */
export type OnStep = (line: string, tookMs: number, depth: number) => void;

const retryEveryMs = 100;
/** How often a state is looked at that must hold for a while. */
const holdEveryMs = 500;

interface State extends Context {
  readonly remembered: Map<string, Readonly<Record<string, readonly string[]>>>;
  readonly onStep: OnStep;
  previousStepMs: number;
}

export async function runScenario(scenario: Scenario, lab: Lab, onStep: OnStep): Promise<RunReport> {
  const began = performance.now();
  const state: State = {
    lab,
    onStep,
    remembered: new Map(),
    answered: new Map(),
    previousStepMs: await lab.client.now(),
    logStarts: new Map(lab.product.processes.map((process) => [process.name, process.logSize()])),
  };
  let failure: string | null = null;
  try {
    await runSteps(scenario.steps, state, 0);
    failure = crash(lab);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  return { passed: failure === null, tookMs: performance.now() - began, failure };
}

/** Which processes ended although nobody asked them to, and what they said last; null when none did. */
function crash(lab: Lab): string | null {
  const crashed = lab.processes().filter((process) => process.crashed);
  if (crashed.length === 0) return null;
  const last = crashed.map((process) =>
    `${process.name}: ${process.logSince(0).trimEnd().split("\n").at(-1)}`
  );
  return `ended by themselves:\n    ${last.join("\n    ")}`;
}

async function runSteps(steps: readonly Step[], state: State, depth: number): Promise<void> {
  for (const step of steps) {
    const began = performance.now();
    const beganAtClient = await state.lab.client.now();
    try {
      await runAction(step.action, state, depth);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (error instanceof StepFailure) throw error;
      throw new StepFailure(`${describeStep(step)}\n    ${message}`);
    }
    state.previousStepMs = beganAtClient;
    state.onStep(describeStep(step), performance.now() - began, depth);
  }
}

/** A step that didn't come true; the innermost one is named. */
class StepFailure extends Error {}

async function runAction(action: Action, state: State, depth: number): Promise<void> {
  if ("see" in action) return await see(action.see, action.withinMs, action.forMs, state);
  if ("throughout" in action) return await throughout(action.throughout, state, depth);
  await perform(action as Deed, state);
}

/** Each must come true within the bound; with `forMs`, all of them then stay true that long. */
async function see(expectations: readonly Expectation[], withinMs: number, forMs: number, state: State) {
  const deadline = performance.now() + withinMs;
  for (const expectation of expectations) await comeTrue(expectation, deadline, withinMs, state);
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    await sleep(Math.min(holdEveryMs, end - performance.now()));
    for (const expectation of expectations) await check(expectation, state);
  }
}

async function comeTrue(
  expectation: Expectation,
  deadline: number,
  withinMs: number,
  state: State,
): Promise<void> {
  for (;;) {
    try {
      return await check(expectation, state);
    } catch (error) {
      const ended = crash(state.lab);
      if (ended !== null) throw new NotSeen(ended);
      if (performance.now() < deadline) {
        await sleep(retryEveryMs);
        continue;
      }
      const seen = error instanceof Error ? error.message : String(error);
      throw new NotSeen(
        `not within ${withinMs / 1000} s: ${describeExpectation(expectation)}\n    seen: ${seen}`,
      );
    }
  }
}

type Throughout = Extract<Action, { throughout: unknown }>["throughout"];

/**
 * Asks for the page all the time while the steps are done. The client forgets its neighbours twice a second, so that it
 * needs an answer to ARP or NDP as often.
 */
async function throughout(action: Throughout, state: State, depth: number): Promise<void> {
  const { lab } = state;
  const port = await portOf(lab, action.http, "TCP");
  const addresses = await addressesOf(lab, action.http.to, action.http.family);
  for (const ip of addresses) await lab.client.startProbe(ip, ip, port, action.everyMs, action.timeoutMs);
  const forgetting = setInterval(() => void forgetNeighbours(lab), holdEveryMs);
  const steps = runSteps(action.steps, state, depth + 1);
  await steps.catch(() => {});
  clearInterval(forgetting);
  const reports = await Promise.all(
    addresses.map(async (ip) => [ip, await lab.client.stopProbe(ip)] as const),
  );
  await steps;
  for (const [ip, report] of reports) {
    const { sent, failed, longestGapMs, failures } = report;
    const detail = failures.map(({ atMs, error }) => `${atMs} ms: ${error}`).join("; ");
    state.onStep(`${ip}: ${sent - failed} of ${sent} answered, longest gap ${longestGapMs} ms`, 0, depth + 1);
    if (action.failed !== undefined && failed > action.failed) {
      throw new NotSeen(`${ip}: ${failed} of ${sent} requests failed (${detail})`);
    }
    if (action.longestGapMs !== undefined && longestGapMs > action.longestGapMs) {
      throw new NotSeen(`${ip}: no answer for ${longestGapMs} ms (${detail})`);
    }
  }
}
