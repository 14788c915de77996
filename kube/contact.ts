/** Whether the API server answers. */
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import { kubeLog } from "./catalogue.ts";

export interface ContactOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly post: (input: { readonly type: "contact"; readonly ok: boolean }) => void;
}

/** Keeps and logs whether the API server answers for one resource, and posts it when it changes. */
export class Contact {
  readonly #resource: string;
  readonly #options: ContactOptions;
  #ok: boolean | undefined;
  #lostMs = 0;

  constructor(resource: string, options: ContactOptions) {
    this.#resource = resource;
    this.#options = options;
  }

  there(): void {
    if (this.#ok === true) return;
    const { clock, log, post } = this.#options;
    if (this.#ok === false) {
      const afterMs = Math.round(clock.nowMs() - this.#lostMs);
      log.write(kubeLog.contactRegained, { resource: this.#resource, afterMs });
    }
    this.#ok = true;
    post({ type: "contact", ok: true });
  }

  lost(error: Error): void {
    if (this.#ok === false) return;
    const { clock, log, post } = this.#options;
    this.#ok = false;
    this.#lostMs = clock.nowMs();
    log.write(kubeLog.contactLost, { resource: this.#resource, error });
    post({ type: "contact", ok: false });
  }
}
