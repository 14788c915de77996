/** The lab's API server as a process of its own: its files, its line of JSON, faults over HTTP, its end. */
import { assertEquals, assertMatch } from "@std/assert";

const MAIN = new URL("../../lab/apiserver/main.ts", import.meta.url);

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })) {
    text += part;
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

Deno.test("as a process: ready line, CA and kubeconfig, faults by POST, SIGTERM", async () => {
  const dir = await Deno.makeTempDir({ prefix: "pewter-apiserver-" });
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      MAIN.pathname,
      "--listen",
      "127.0.0.1:0",
      "--dir",
      dir,
      "--token",
      "secret",
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const { ready, url } = JSON.parse(await firstLine(child.stdout)) as { ready: boolean; url: string };
    assertEquals(ready, true);
    assertMatch(await Deno.readTextFile(`${dir}/kubeconfig`), /"token": "secret"/);
    const client = Deno.createHttpClient({
      caCerts: [await Deno.readTextFile(`${dir}/ca.crt`)],
      http2: false,
    });
    try {
      const get = async (path: string, init: RequestInit = {}) => {
        const headers = { Authorization: "Bearer secret" };
        const answer = await fetch(`${url}${path}`, { client, headers, ...init });
        return { code: answer.status, text: await answer.text() };
      };
      const order = {
        method: "POST",
        body: '{"fault":"refuse","code":500,"times":1,"match":{"resource":"nodes"}}',
      };
      assertEquals((await get("/pewter-lab/faults", order)).text, '{"done":true}');
      assertEquals((await get("/api/v1/nodes")).code, 500);
      assertEquals((await get("/api/v1/nodes")).code, 200);
      assertEquals(
        (await get("/pewter-lab/faults", { method: "POST", body: '{"fault":"none such"}' })).code,
        400,
      );
      assertEquals((await get("/pewter-lab/faults", { ...order, headers: {} })).code, 403);
    } finally {
      client.close();
    }
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 0);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already, as it should.
    }
    await child.status;
    await Deno.remove(dir, { recursive: true });
  }
});
