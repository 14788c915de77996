/// <reference lib="deno.worker" />
/** The data-plane Worker's entry: passes commands and facts on, nothing more. */
import { Libc } from "../../ffi/libc.ts";
import type { Command, Fact } from "../dataplane.ts";
import { DataplaneLoop, failedFact } from "./dataplane.ts";
import { LinuxPorts } from "./linuxports.ts";
import { Reactor } from "./reactor.ts";

/** Runs until a stop command or an error, whose fact is the last. */
async function serve(emit: (fact: Fact) => void): Promise<void> {
  const libc = new Libc();
  const reactor = new Reactor(libc);
  const loop = new DataplaneLoop(new LinuxPorts(libc, reactor), emit);
  self.onmessage = ({ data }: MessageEvent<Command>) => loop.command(data);
  try {
    await reactor.run();
  } catch (error) {
    loop.fail(error);
  }
  libc.close();
}

const post = (fact: Fact) => self.postMessage(fact);
serve(post).catch((error) => post(failedFact(error)));
