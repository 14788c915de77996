/**
 * A mirror of the kernel's links and addresses, kept by notifications and begun with a dump. When notifications were
 * lost, or a dump was interrupted, it dumps again, and shows the former state until that is complete.
 */
import type { Reader } from "../../core/bytes.ts";
import { type AddressMessage, decodeAddress } from "./address.ts";
import { decodeLink, type LinkMessage } from "./link.ts";
import {
  decodeErrno,
  decodeMessages,
  flagDumpInterrupted,
  messageTypes,
  type NetlinkMessage,
} from "./message.ts";

/** AF_UNSPEC: messages of other families (AF_BRIDGE) tell about a link's part in something, not about the link. */
const familyAny = 0;

export type DumpType = typeof messageTypes.getLink | typeof messageTypes.getAddress;

/** What the kernel is to be asked for next. */
export interface DumpRequest {
  readonly type: DumpType;
  readonly sequence: number;
}

interface Tables {
  readonly links: Map<number, LinkMessage>;
  /** By interface and address. */
  readonly addresses: Map<string, AddressMessage>;
}

/** A dump in flight fills tables of its own; notifications that come meanwhile change both. */
interface Dump {
  readonly tables: Tables;
  type: DumpType;
  sequence: number;
  /** It lacks something, or fell behind: begin again when it ends, as the kernel runs one dump at a time. */
  again: boolean;
}

export class NetlinkMirror {
  #shown: Tables = emptyTables();
  #dump: Dump | null = null;
  #sequence = 0;
  #complete = false;

  /** A whole dump has been seen; before, nothing is shown. */
  get complete(): boolean {
    return this.#complete;
  }

  /** Sorted by index. */
  get links(): LinkMessage[] {
    return [...this.#shown.links.values()].sort((a, b) => a.index - b.index);
  }

  /** In no particular order. */
  get addresses(): AddressMessage[] {
    return [...this.#shown.addresses.values()];
  }

  /** Notifications were lost, or nothing is known yet: gives the request to send, or null while a dump is in flight. */
  resync(): DumpRequest | null {
    if (this.#dump !== null) {
      this.#dump.again = true;
      return null;
    }
    return this.#begin();
  }

  /**
   * Takes in one datagram; gives the request to send next, if any. What can't be decoded is passed to `onError`, and
   * only that message, or what follows a broken header, is lost.
   */
  receive(datagram: Reader, onError: (error: unknown) => void): DumpRequest | null {
    let request: DumpRequest | null = null;
    try {
      for (const message of decodeMessages(datagram)) {
        try {
          request = this.#message(message) ?? request;
        } catch (error) {
          onError(error);
        }
      }
    } catch (error) {
      onError(error);
    }
    return request;
  }

  #begin(): DumpRequest {
    this.#dump = {
      tables: emptyTables(),
      type: messageTypes.getLink,
      sequence: ++this.#sequence,
      again: false,
    };
    return { type: this.#dump.type, sequence: this.#dump.sequence };
  }

  #message(message: NetlinkMessage): DumpRequest | null {
    const dump = this.#dump;
    const ofDump = dump !== null && message.sequence === dump.sequence;
    if (ofDump && (message.flags & flagDumpInterrupted) !== 0) dump.again = true;
    switch (message.type) {
      case messageTypes.done:
      case messageTypes.error:
        if (!ofDump) return null;
        if (decodeErrno(message.body) !== 0) dump.again = true;
        return this.#endPart(dump);
      case messageTypes.newLink:
      case messageTypes.deleteLink: {
        const link = decodeLink(message.body);
        if (link.family === familyAny) {
          this.#apply(
            ofDump,
            ({ links }) => change(links, link.index, link, message.type === messageTypes.newLink),
          );
        }
        return null;
      }
      case messageTypes.newAddress:
      case messageTypes.deleteAddress: {
        const address = decodeAddress(message.body);
        if (address === null) return null;
        const key = `${address.link} ${address.ip.text}/${address.prefixLength}`;
        const present = message.type === messageTypes.newAddress;
        this.#apply(ofDump, ({ addresses }) => change(addresses, key, address, present));
        return null;
      }
      default:
        return null;
    }
  }

  #apply(ofDump: boolean, apply: (tables: Tables) => void): void {
    if (!ofDump) apply(this.#shown);
    if (this.#dump !== null) apply(this.#dump.tables);
  }

  /** Links are followed by addresses; after both, the new tables are shown. */
  #endPart(dump: Dump): DumpRequest | null {
    if (dump.again) return this.#begin();
    if (dump.type === messageTypes.getLink) {
      dump.type = messageTypes.getAddress;
      dump.sequence = ++this.#sequence;
      return { type: dump.type, sequence: dump.sequence };
    }
    this.#shown = dump.tables;
    this.#dump = null;
    this.#complete = true;
    return null;
  }
}

function emptyTables(): Tables {
  return { links: new Map(), addresses: new Map() };
}

function change<K, V>(map: Map<K, V>, key: K, value: V, present: boolean): void {
  if (present) map.set(key, value);
  else map.delete(key);
}
