/** Follows the files of a server's certificate, which are exchanged while the server runs. */
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/log.ts";
import { kubeLog } from "./catalogue.ts";
import { asError } from "./failures.ts";
import { readCertificate, type ServerCertificate } from "./servercertificate.ts";

export interface CertificateFilesOptions {
  /** The folder of tls.crt and tls.key. */
  readonly dir: string;
  /** What the server began with. */
  readonly current: ServerCertificate;
  /** Gets each new pair. */
  readonly use: (certificate: ServerCertificate) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A mounted Secret follows its object within about a minute; looking costs two small reads from memory. */
const lookMs = 10_000;

/**
 * Looks every 10 s until the signal is aborted. Files that can't be used change nothing: the last good pair goes on, and
 * the log says so once.
 */
export async function followCertificate(
  { dir, current, use, clock, log }: CertificateFilesOptions,
  signal: AbortSignal,
): Promise<void> {
  let known = current;
  let complaint = "";
  while (!signal.aborted) {
    await clock.sleep(lookMs, signal).catch(() => {});
    if (signal.aborted) return;
    try {
      const found = await readCertificate(dir);
      complaint = "";
      if (found.certPem === known.certPem && found.keyPem === known.keyPem) continue;
      use(found);
      known = found;
      log.write(kubeLog.certificateReloaded, { dir });
    } catch (error) {
      const { message } = asError(error);
      if (message !== complaint) log.write(kubeLog.certificateUnusable, { dir, error: message });
      complaint = message;
    }
  }
}
