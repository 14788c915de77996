/** The main isolate's end of the data plane: a Worker behind the port {@link Dataplane}. */
import type { Command, Dataplane, Fact } from "../dataplane.ts";

/**
 * Starts the Worker. `url` is for the bundle, where the Worker's code is a file of its own; without it, it is the module
 * beside this one.
 */
export function openDataplane(url?: URL): Dataplane {
  // The expression is spelt as `deno compile --bundle` looks for it.
  const worker = url === undefined
    ? new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "dataplane" })
    : new Worker(url, { type: "module", name: "dataplane" });
  return new WorkerDataplane(worker);
}

class WorkerDataplane implements Dataplane {
  readonly #worker: Worker;
  readonly #listeners: ((fact: Fact) => void)[] = [];
  /** Facts that came before somebody listened. */
  readonly #early: Fact[] = [];
  #ended = false;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<Fact>) => this.#fact(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fact({ type: "failed", errno: null, message: `the data-plane Worker failed: ${event.message}` });
    };
    worker.onmessageerror = () => {
      this.#fact({
        type: "failed",
        errno: null,
        message: "a fact of the data-plane Worker could not be read",
      });
    };
  }

  send(command: Command): void {
    if (!this.#ended) this.#worker.postMessage(command);
  }

  onFact(listener: (fact: Fact) => void): void {
    this.#listeners.push(listener);
    for (const fact of this.#early.splice(0)) listener(fact);
  }

  #fact(fact: Fact): void {
    if (this.#ended) return;
    if (fact.type === "stopped" || fact.type === "failed") {
      this.#ended = true;
      this.#worker.terminate();
    }
    if (this.#listeners.length === 0) this.#early.push(fact);
    for (const listener of this.#listeners) listener(fact);
  }
}
