/** Who may see the metrics, and how often the API server is asked about it. */
import { assertEquals, assertRejects } from "@std/assert";
import { type KubeApi, KubeApiError, type KubeObject } from "../../../kube/api.ts";
import { ScrapeAccess } from "../../../kube/scrapeaccess.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";

interface Asked {
  readonly kind: string;
  readonly spec: Record<string, unknown>;
}

/** Knows the tokens `good` and `stranger`; only the first one's user may. */
class Reviews {
  readonly asked: Asked[] = [];
  readonly clock = new FakeClock();
  readonly access: ScrapeAccess;
  failure: Error | null = null;
  gate: Promise<void> = Promise.resolve();

  constructor() {
    const create: KubeApi["create"] = async <T extends KubeObject>({ kind }: { kind: string }, object: T) => {
      const { spec } = object as unknown as { spec: Record<string, unknown> };
      this.asked.push({ kind, spec });
      await this.gate;
      if (this.failure !== null) throw this.failure;
      return {
        ...object,
        status: kind === "TokenReview" ? tokenStatus(spec) : { allowed: spec["user"] === "good" },
      };
    };
    // Nothing else is asked.
    const api = { create } as unknown as KubeApi;
    this.access = new ScrapeAccess({ api, clock: this.clock, path: "/metrics" });
  }

  get kinds(): string[] {
    return this.asked.map(({ kind }) => kind);
  }
}

function tokenStatus({ token }: Record<string, unknown>) {
  if (token !== "good" && token !== "stranger") return { authenticated: false, error: "unknown" };
  return {
    authenticated: true,
    user: { username: token, uid: "u", groups: ["system:authenticated"], extra: { "example.com/x": ["1"] } },
  };
}

Deno.test("scrape access: the whole user is asked about, with MetalLB's verb and path", async () => {
  const { access, asked } = new Reviews();
  assertEquals(await access.judge("Bearer good"), "allowed");
  assertEquals(asked, [
    { kind: "TokenReview", spec: { token: "good" } },
    {
      kind: "SubjectAccessReview",
      spec: {
        user: "good",
        uid: "u",
        groups: ["system:authenticated"],
        extra: { "example.com/x": ["1"] },
        nonResourceAttributes: { path: "/metrics", verb: "get" },
      },
    },
  ]);
});

Deno.test("scrape access: no token is asked about where there is none", async () => {
  const { access, asked } = new Reviews();
  for (const header of [undefined, "", "Basic Zm9vOmJhcg==", "Bearer", "Bearer ", "Bearer a b", "good"]) {
    assertEquals([header, await access.judge(header)], [header, "unauthenticated"]);
  }
  assertEquals(asked, []);
});

Deno.test("scrape access: a yes holds for a minute, a no for ten seconds", async () => {
  const reviews = new Reviews();
  const { access, clock } = reviews;
  const ask = async (token: string) => `${await access.judge(`Bearer ${token}`)} ${reviews.asked.length}`;
  assertEquals(await ask("good"), "allowed 2");
  assertEquals(await ask("stranger"), "forbidden 4");
  assertEquals(await ask("nobody"), "unauthenticated 5");
  await clock.advance(9_999);
  assertEquals([await ask("good"), await ask("stranger"), await ask("nobody")], [
    "allowed 5",
    "forbidden 5",
    "unauthenticated 5",
  ]);
  await clock.advance(1);
  assertEquals([await ask("stranger"), await ask("nobody")], ["forbidden 7", "unauthenticated 8"]);
  await clock.advance(49_999);
  assertEquals(await ask("good"), "allowed 8");
  await clock.advance(1);
  assertEquals(await ask("good"), "allowed 10");
});

Deno.test("scrape access: one question for those who ask at once, and no more than eight in all", async () => {
  const reviews = new Reviews();
  const { access } = reviews;
  const { promise, resolve } = Promise.withResolvers<void>();
  reviews.gate = promise;
  const same = [1, 2, 3].map(() => access.judge("Bearer good"));
  const others = Array.from({ length: 9 }, (_, index) => access.judge(`Bearer made-up-${index}`));
  await settle();
  assertEquals(reviews.kinds, Array(8).fill("TokenReview"));
  resolve();
  assertEquals(await Promise.all(same), ["allowed", "allowed", "allowed"]);
  assertEquals(await Promise.all(others), [...Array(7).fill("unauthenticated"), "busy", "busy"]);
});

Deno.test("scrape access: strangers don't push each other's answers, or memory, beyond a bound", async () => {
  const reviews = new Reviews();
  for (let index = 0; index < 64; index++) await reviews.access.judge(`Bearer made-up-${index}`);
  assertEquals(reviews.asked.length, 64);
  await reviews.access.judge("Bearer made-up-63");
  assertEquals(reviews.asked.length, 64);
  await reviews.access.judge("Bearer made-up-64");
  await reviews.access.judge("Bearer made-up-0");
  assertEquals(reviews.asked.length, 66);
});

Deno.test("scrape access: what can't be reviewed is an error, and not remembered", async () => {
  const reviews = new Reviews();
  reviews.failure = new KubeApiError(403, "Forbidden", "tokenreviews is forbidden");
  await assertRejects(() => reviews.access.judge("Bearer good"), KubeApiError, "tokenreviews is forbidden");
  reviews.failure = null;
  assertEquals(await reviews.access.judge("Bearer good"), "allowed");
});
