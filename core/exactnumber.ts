/** Integers beyond 2^53 in JSON, digit by digit. */

/** The engine has it (ECMAScript's JSON.parse source text access); the compiler's library doesn't name it yet. */
const { rawJSON } = JSON as JSON & { readonly rawJSON: (text: string) => unknown };

/** A value that `JSON.stringify` writes as these digits, without loss. */
export function exactNumber(value: bigint): unknown {
  return rawJSON(value.toString());
}
