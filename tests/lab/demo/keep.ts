/**
 * `--keep`: the API server of a lab that goes on, for kubectl on the host. The host's side listens on 127.0.0.1 and
 * passes each connection through a Unix socket, which network namespaces don't part, to the lab's side.
 */
import { kubeconfig } from "../controlplane/kubeconfig.ts";
import type { Lab } from "../lab.ts";
import { vipsOf } from "../scenario/references.ts";
import type { ServiceObject } from "../standins/endpointslices.ts";
import { mainInterface } from "../topology.ts";
import type { Screen } from "./screen.ts";

/** Where both sides meet: a folder on the host, and the port there. */
export interface Meeting {
  readonly folder: string;
  readonly port: number;
}

const socketName = "api.sock";

/** On the host. The folder, with a key in it, goes when the demo ends. */
export function openHostSide(folder: string): Meeting {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  void forward(listener, () => Deno.connect({ transport: "unix", path: `${folder}/${socketName}` }));
  return { folder, port: listener.addr.port };
}

/** In the lab: writes the kubeconfig file and returns its path. */
export async function openLabSide(lab: Lab, { folder, port }: Meeting): Promise<string> {
  const { access, tlsServerName } = lab.controlPlane;
  const listener = Deno.listen({ transport: "unix", path: `${folder}/${socketName}` });
  const hostname = mainInterface(lab.topology.control).ipv4;
  void forward(listener, () => Deno.connect({ hostname, port: Number(new URL(access.url).port) }));
  const path = `${folder}/kubeconfig`;
  const config = {
    server: `https://127.0.0.1:${port}`,
    token: access.token,
    user: "admin",
    ...(access.caPem === undefined ? {} : { caPem: access.caPem }),
    ...(tlsServerName === null ? {} : { tlsServerName }),
  };
  await Deno.writeTextFile(path, kubeconfig(config), { mode: 0o600 });
  return path;
}

async function forward(listener: Deno.Listener, connect: () => Promise<Deno.Conn>): Promise<void> {
  for await (const incoming of listener) {
    connect().then((outgoing) => {
      incoming.readable.pipeTo(outgoing.writable).catch(() => {});
      outgoing.readable.pipeTo(incoming.writable).catch(() => {});
    }, () => incoming.close());
  }
}

export function explainKeeping(screen: Screen, path: string): void {
  screen.line(`
${screen.paint("bold", "The cluster goes on. In another terminal:")}

   export KUBECONFIG=${path}
   kubectl get services,ipaddresspools -A
   kubectl describe service web
   kubectl expose pod web-1 --type=LoadBalancer --name=mine --port=80 --target-port=8080

Changes of addresses are shown here. ${
    screen.paint("bold", "Press Enter or Ctrl-C to end it;")
  } nothing is left behind.
`);
}

/** Prints each change of a Service's addresses, for ever. */
export async function watchServices(lab: Lab, screen: Screen): Promise<void> {
  const known = new Map<string, string>();
  await lab.api.follow<ServiceObject>("v1", "Service", (services) => {
    const now = new Map(
      services.filter((service) => service.spec.type === "LoadBalancer").map((service) => [
        `${service.metadata.namespace}/${service.metadata.name}`,
        vipsOf(service).join(", ") || "no address",
      ]),
    );
    for (const name of new Set([...known.keys(), ...now.keys()])) {
      const text = now.get(name) ?? "gone";
      if (known.get(name) !== text) screen.fact(`Service ${name}: ${text}`);
      known.set(name, text);
    }
    for (const name of known.keys()) if (!now.has(name)) known.delete(name);
  }, new AbortController().signal);
}
