/** What the unit tests of kube/ share. */
import { Logger, type LogRecord } from "../../../core/log.ts";
import { FakeClock, settle } from "../../support/fakeclock.ts";
import { FakeKube } from "../../support/fakekube.ts";

export interface Bench {
  readonly api: FakeKube;
  readonly clock: FakeClock;
  /** Always a half. */
  readonly random: () => number;
  readonly log: Logger;
  readonly records: LogRecord[];
  /** Names of the log events so far. */
  said(): string[];
}

export function bench(): Bench {
  const clock = new FakeClock();
  const records: LogRecord[] = [];
  const log = new Logger("debug", (record) => records.push(record), () => clock.wallMs());
  return {
    api: new FakeKube(),
    clock,
    random: () => 0.5,
    log,
    records,
    said: () => records.map(({ event }) => event.name),
  };
}

/** Lets everything run until nothing but timers is left to wait for. */
export async function quiet(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await settle();
}
