/** A TCP relay in front of a server that can swallow bytes, as a network does that lost its state. */

export interface Relay {
  readonly port: number;
  /** Connections made so far. */
  readonly connections: number;
  /** What is open now stays open, and nothing passes through it any more. New connections work. */
  blackHole(): void;
  close(): void;
}

export function openRelay(target: URL): Relay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<{ dead: boolean; readonly ends: readonly Deno.TcpConn[] }>();
  let connections = 0;
  const serve = async () => {
    for await (const near of listener) {
      connections++;
      const far = await Deno.connect({ hostname: target.hostname, port: Number(target.port) });
      const pair = { dead: false, ends: [near, far] };
      open.add(pair);
      for (const [from, to] of [[near, far], [far, near]] as const) {
        pump(from, to, () => pair.dead).finally(() => {
          if (pair.dead) return;
          open.delete(pair);
          closeAll(pair.ends);
        });
      }
    }
  };
  serve().catch(() => {});
  return {
    port: listener.addr.port,
    get connections() {
      return connections;
    },
    blackHole: () => {
      for (const pair of open) pair.dead = true;
    },
    close: () => {
      listener.close();
      for (const { ends } of open) closeAll(ends);
    },
  };
}

async function pump(from: Deno.TcpConn, to: Deno.TcpConn, dead: () => boolean): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const read = await from.read(buffer).catch(() => null);
    if (read === null) return;
    if (dead()) continue;
    for (let at = 0; at < read;) at += await to.write(buffer.subarray(at, read)).catch(() => read);
  }
}

function closeAll(ends: readonly Deno.TcpConn[]): void {
  for (const end of ends) {
    try {
      end.close();
    } catch {
      // It was closed already.
    }
  }
}
