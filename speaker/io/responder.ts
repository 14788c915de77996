/** One interface that answers one protocol: frames in, the pure responder, frames out. */
import { Reader, Writer } from "../../core/bytes.ts";
import type { Link } from "../dataplane.ts";
import type { Counters } from "../l2/counters.ts";
import {
  encodeGratuitousArp,
  encodeUnsolicitedAdvertisement,
  gratuitousArpOperations,
} from "../l2/gratuitousframe.ts";
import { parseMac } from "../l2/mac.ts";
import { longestReply, respond, type Station } from "../l2/responder.ts";
import type { Vip, VipTable } from "../l2/vips.ts";
import type { PacketSocket } from "./ports.ts";

/** How many frames one interface gets at a time before the others have their turn. */
const burst = 64;

/** Longer frames are cut, which ARP and NDP requests never are. */
const longestRequest = 2048;

/** The buffers that all interfaces use in turn. */
export class FrameBuffers {
  readonly received = new Uint8Array(new ArrayBuffer(longestRequest));
  readonly sent = new Writer(longestReply);
}

export class InterfaceResponder {
  readonly #station: Station;
  readonly #socket: PacketSocket;
  readonly #vips: VipTable;
  readonly #counters: Counters;
  readonly #buffers: FrameBuffers;

  /** `link` has a MAC address of six bytes. */
  constructor(link: Link, socket: PacketSocket, vips: VipTable, counters: Counters, buffers: FrameBuffers) {
    this.#station = { name: link.name, mac: parseMac(link.mac) ?? 0 };
    this.#socket = socket;
    this.#vips = vips;
    this.#counters = counters;
    this.#buffers = buffers;
  }

  get name(): string {
    return this.#station.name;
  }

  /** Answers what waits, up to a bound. */
  answer(): void {
    const { received, sent } = this.#buffers;
    for (let count = 0; count < burst; count++) {
      const length = this.#socket.receive(received);
      if (length < 0) return;
      const answer = respond(new Reader(received, 0, length), this.#station, this.#vips, sent);
      if (answer.type === "ignored") {
        this.#counters.ignored(answer.reason);
        continue;
      }
      answer.vip.count.requestsReceived++;
      if (this.#socket.send(sent.buffer, sent.length)) answer.vip.count.responsesSent++;
    }
  }

  /** Sends the gratuitous frames of one round. */
  advertise({ ip, count }: Vip): void {
    const { mac } = this.#station;
    const frame = this.#buffers.sent;
    const send = () => {
      if (this.#socket.send(frame.buffer, frame.length)) count.gratuitousSent++;
    };
    if (ip.family === "ipv6") {
      encodeUnsolicitedAdvertisement(frame.reset(), mac, ip.value);
      return send();
    }
    for (const operation of gratuitousArpOperations) {
      encodeGratuitousArp(frame.reset(), mac, Number(ip.value), operation);
      send();
    }
  }

  close(): void {
    this.#socket.close();
  }
}
