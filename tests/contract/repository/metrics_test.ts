/** The reference of metrics against the catalogues in the code. */
import { assertEquals, assertThrows } from "@std/assert";
import { withTables } from "../../reference/metrics.ts";

const document = new URL("../../../docs/metrics.md", import.meta.url);

Deno.test("docs: the tables of metrics are what the catalogues say", async () => {
  const text = await Deno.readTextFile(document);
  assertEquals(text, withTables(text), 'run "deno run -A tests/reference/metrics.ts"');
  assertThrows(() => withTables(text.replace("<!-- table: speaker -->", "")), Error, '"speaker"');
});
