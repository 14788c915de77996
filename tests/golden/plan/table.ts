/** Runs tables of plans: manifests, and what the plan says about them. */
import { assertEquals } from "@std/assert";
import { type Asked, planOf, type PlanView, planViews } from "../../support/plan.ts";

/** One case; of what it names all lines must be as given. */
export type PlanCase =
  & {
    /** What holds. */
    readonly rule: string;
    /** Objects, in the order in which files name them. */
    readonly files: readonly unknown[];
    readonly asked?: Asked;
    /** Whether the exit code is 0. */
    readonly well?: boolean;
  }
  & { readonly [View in PlanView]?: readonly string[] };

export function testPlans(area: string, cases: readonly PlanCase[]): void {
  for (const one of cases) {
    const { rule, files, asked, well } = one;
    Deno.test(`plan, ${area}: ${rule}`, () => {
      const { plan, allWell } = planOf(files, asked);
      const views = (Object.keys(planViews) as PlanView[]).filter((view) => one[view] !== undefined);
      if (views.length === 0 && well === undefined) throw new Error("this case looks at nothing");
      const lines = (read: (view: PlanView) => readonly string[] | undefined) =>
        Object.fromEntries(views.map((view) => [view, read(view)]));
      assertEquals(lines((view) => planViews[view](plan)), lines((view) => one[view]));
      if (well !== undefined) assertEquals(allWell, well, "whether all is well");
    });
  }
}
