/** ConfigurationState, Events on configuration, and pools' counters: the same on both API servers. */
import { kubernetesBinaries } from "../../lab/controlplane/binaries.ts";
import { skippable } from "../../support/skip.ts";
import { embeddedServer, realServer, type ServerUnderTest } from "../kube/servers.ts";
import { Bed } from "./bed.ts";
import { columnCase } from "./columns.ts";
import { stateCases } from "./statecases.ts";

const binaries = await kubernetesBinaries();
const noReal = "unavailable" in binaries ? binaries.unavailable : null;

function suite(label: string, skipReason: string | null, start: () => Promise<ServerUnderTest>): void {
  let server: ServerUnderTest | undefined;
  Deno.test.afterAll(async () => {
    await server?.stop();
  });
  for (const { name, addresses, run } of [...stateCases, columnCase]) {
    Deno.test({
      ...skippable(`controller's words on ${label}: ${name}`, skipReason),
      // The server outlives the single case.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const bed = await Bed.make(server ??= await start(), addresses);
        try {
          await run(bed);
        } finally {
          await bed.end();
        }
      },
    });
  }
}

suite("the embedded API server", null, embeddedServer);
suite("a real API server", noReal, () => {
  if ("unavailable" in binaries) throw new Error(binaries.unavailable);
  return realServer(binaries);
});
