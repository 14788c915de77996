/** Skips that say why: their names end in `[skipped: reason]`, which `deno task test` reads and prints. */

/** The name and `ignore` for `Deno.test` or a step; `reason` null means that it runs. */
export function skippable(
  name: string,
  reason: string | null,
): { readonly name: string; readonly ignore: boolean } {
  return reason === null ? { name, ignore: false } : { name: `${name} [skipped: ${reason}]`, ignore: true };
}
