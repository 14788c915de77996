/**
 * usage: arphost.ts <IPv4 address> <interface> [--json]
 *
 * The speaker's two isolates as far as ARP goes: announces one address on one interface through the real data plane. With `--json`, this
 * main isolate parses 50 MB of JSON again and again meanwhile, as a big list from the API server would make it.
 */
import { openDataplane } from "../../speaker/io/dataplaneclient.ts";

const [ip = "192.0.2.10", link = "eth0", load = ""] = Deno.args;

const dataplane = openDataplane();
const announced = Promise.withResolvers<void>();
dataplane.onFact((fact) => {
  if (fact.type === "announced") announced.resolve();
  if (fact.type === "failed") announced.reject(new Error(fact.message));
});
dataplane.send({ type: "start", excludeInterfaces: [] });
dataplane.send({ type: "announce", announcements: [{ ip, interfaces: [link] }] });
await announced.promise;

if (load === "--json") {
  const item = JSON.stringify({
    metadata: { name: "a-service", labels: { app: "web" } },
    spec: { ports: [80, 443] },
  });
  const text = `[${Array.from({ length: Math.ceil(50e6 / (item.length + 1)) }, () => item).join(",")}]`;
  const parse = () => {
    if (!Array.isArray(JSON.parse(text))) throw new Error("the list is gone");
    setTimeout(parse, 0);
  };
  parse();
}
console.log("ready");
