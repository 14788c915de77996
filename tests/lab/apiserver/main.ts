/**
 * The lab's API server as a process: `main.ts --listen 127.0.0.1:6443 --dir DIR [--san NAME]…`. It writes DIR/ca.crt and
 * DIR/kubeconfig (token of admin), prints one line of JSON when it answers, and ends on SIGTERM or SIGINT.
 */
import { parseArgs } from "node:util";
import { startApiServer } from "./server.ts";

/** Splits `host:port` or `[::1]:port`. */
function parseListen(text: string): { hostname: string; port: number } {
  const found = /^(?:\[([^\]]+)\]|([^:]*)):(\d+)$/.exec(text);
  const port = Number(found?.[3]);
  if (found === null || port > 65535) throw new Error(`--listen ${text}: expected HOST:PORT`);
  return { hostname: found[1] ?? (found[2] || "127.0.0.1"), port };
}

const { values } = parseArgs({
  options: {
    listen: { type: "string", default: "127.0.0.1:0" },
    dir: { type: "string" },
    san: { type: "string", multiple: true, default: [] },
    namespace: { type: "string", multiple: true, default: [] },
    token: { type: "string" },
  },
});
if (values.dir === undefined) throw new Error("--dir DIR is needed: where ca.crt and kubeconfig go");
console.error(
  "Pewter's lab API server: a tool for tests and the demo, not Kubernetes; nothing in it is kept.",
);
const server = await startApiServer({
  ...parseListen(values.listen),
  subjectAltNames: values.san,
  seedNamespaces: values.namespace,
  ...(values.token === undefined ? {} : { adminToken: values.token }),
});
await Deno.mkdir(values.dir, { recursive: true });
await Deno.writeTextFile(`${values.dir}/ca.crt`, server.caPem);
await Deno.writeTextFile(`${values.dir}/kubeconfig`, server.kubeconfig(), { mode: 0o600 });
console.log(JSON.stringify({ ready: true, url: server.url }));

const stopped = Promise.withResolvers<void>();
for (const signal of ["SIGTERM", "SIGINT"] as const) Deno.addSignalListener(signal, () => stopped.resolve());
await stopped.promise;
await server.stop();
Deno.exit(0);
