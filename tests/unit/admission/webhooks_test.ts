/** What the flags make of the webhooks. */
import { assert, assertEquals } from "@std/assert";
import { parseControllerFlags } from "../../../controller/flags.ts";
import { runWebhooks } from "../../../controller/io/webhooks.ts";
import { Logger } from "../../../core/log.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";

/** What is asked of the API server within a moment, as in `list secrets metadata.name=x`. */
async function asked(...args: string[]): Promise<readonly string[]> {
  const parsed = parseControllerFlags(args, {});
  assert(parsed.kind === "options");
  assertEquals(parsed.withoutEffect, []);
  const api = new FakeKube();
  const stop = new AbortController();
  const parts = {
    ...{ api, clock: new FakeClock(), random: () => 0.5, namespace: "metallb-system" },
    log: new Logger("none", () => {}, () => 0),
  };
  const ended = runWebhooks(parsed.options, parts, stop.signal);
  for (let turn = 0; turn < 20; turn++) await settle();
  stop.abort();
  await ended;
  return [
    ...new Set(api.calls.map(({ method, plural, options }) => {
      const { fieldSelector = "" } = (options ?? {}) as { readonly fieldSelector?: string };
      return `${method} ${plural} ${fieldSelector}`;
    })),
  ].filter((call) => call.startsWith("list"));
}

const places = [
  "list validatingwebhookconfigurations metadata.name=metallb-webhook-configuration",
  "list customresourcedefinitions metadata.name=bgppeers.metallb.io",
];

Deno.test("webhook flags: which objects are watched, each by its name", async () => {
  assertEquals(await asked(), ["list secrets metadata.name=metallb-webhook-cert", ...places]);
  assertEquals(await asked("--webhook-mode=onlywebhook", "--webhook-secret=mine"), [
    "list secrets metadata.name=mine",
    ...places,
  ]);
});

Deno.test("webhook flags: disabled means nothing at all", async () => {
  assertEquals(await asked("--webhook-mode=disabled"), []);
});
