/** Runs the cases against one server, each as a test of its own. */
import { crudCases } from "./crud.ts";
import { configCases } from "./configs.ts";
import { eventCases } from "./events.ts";
import { leaseCases } from "./leases.ts";
import { listCases } from "./lists.ts";
import { patchCases } from "./patches.ts";
import { rbacCases } from "./rbac.ts";
import { reflectorCases } from "./reflectors.ts";
import type { ServerUnderTest } from "./servers.ts";
import { statusCases } from "./statuses.ts";
import { watchCases } from "./watches.ts";
import { skippable } from "../../support/skip.ts";
import { type ContractCase, inWorld } from "./world.ts";

/** Both servers must pass all of these. */
export const sharedCases: readonly ContractCase[] = [
  ...crudCases,
  ...listCases,
  ...watchCases,
  ...statusCases,
  ...patchCases,
  ...leaseCases,
  ...eventCases,
  ...rbacCases,
  ...configCases,
  ...reflectorCases,
];

/** The server starts with the first case and stops after the last. */
export function contract(
  label: string,
  cases: readonly ContractCase[],
  skipReason: string | null,
  start: () => Promise<ServerUnderTest>,
): void {
  let server: ServerUnderTest | undefined;
  Deno.test.afterAll(async () => {
    await server?.stop();
  });
  for (const [index, test] of cases.entries()) {
    Deno.test({
      ...skippable(`${label}: ${test.name}`, skipReason),
      // The server and its connections outlive the single case.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => await inWorld(server ??= await start(), index, test),
    });
  }
}
