/** What the contract suite needs of a data plane and its node, be they real or fake. */
import type { Dataplane, Fact } from "../../../speaker/dataplane.ts";

export interface Harness {
  readonly dataplane: Dataplane;
  /** Every fact so far, in order. */
  readonly facts: readonly Fact[];
  /** Adds an interface that is up and has a link-local address, and somebody on its other end. */
  addLink(name: string, mac: string): Promise<void>;
  removeLink(name: string): Promise<void>;
  setUp(name: string, up: boolean): Promise<void>;
  /** Puts a frame on the wire of an interface, from its other end. */
  put(name: string, frame: Uint8Array): void;
  /** Every frame that the other end has seen of the node so far. */
  seen(name: string): readonly Uint8Array[];
  /** Solicited-node groups that the node has joined on an interface. */
  groups(name: string): Promise<ReadonlySet<bigint>>;
  /** Waits for the condition; throws, naming `what`, when it doesn't hold within a bound. */
  until(what: string, condition: () => boolean | Promise<boolean>): Promise<void>;
  close(): Promise<void>;
}
