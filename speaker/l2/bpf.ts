/**
 * The kernel's packet filters as data (classic BPF, see linux/filter.h): what could never be answered wakes nobody.
 * The responder makes every check again, so a filter only saves work.
 */

/** One `struct sock_filter`. */
export interface BpfInstruction {
  readonly code: number;
  /** How many instructions a jump passes over when the condition holds, and when it doesn't. */
  readonly jumpTrue: number;
  readonly jumpFalse: number;
  /** The operand, unsigned 32 bits. */
  readonly operand: number;
}
export type BpfProgram = readonly BpfInstruction[];

const loadByte = 0x30;
const loadHalf = 0x28;
const jumpIfEqual = 0x15;
const returnConstant = 0x06;

/** SKF_AD_OFF + SKF_AD_PKTTYPE: an offset that gives the packet's type instead of its bytes. */
const offsetPacketType = 0xffff_f004;
/** PACKET_OTHERHOST: for another station, or tagged for a VLAN that has no interface here. */
const packetOtherHost = 3;

/** ARP requests, on a socket bound to ETH_P_ARP. */
export const arpRequestFilter: BpfProgram = [
  load(loadByte, offsetPacketType),
  { code: jumpIfEqual, jumpTrue: 2, jumpFalse: 0, operand: packetOtherHost },
  load(loadHalf, 20),
  { code: jumpIfEqual, jumpTrue: 1, jumpFalse: 0, operand: 1 },
  result(0),
  result(0xffff),
];

/** Neighbor Solicitations, on a socket bound to ETH_P_IPV6. */
export const neighborSolicitationFilter: BpfProgram = [
  load(loadByte, offsetPacketType),
  { code: jumpIfEqual, jumpTrue: 4, jumpFalse: 0, operand: packetOtherHost },
  load(loadByte, 20),
  { code: jumpIfEqual, jumpTrue: 0, jumpFalse: 2, operand: 58 },
  load(loadByte, 54),
  { code: jumpIfEqual, jumpTrue: 1, jumpFalse: 0, operand: 135 },
  result(0),
  result(0xffff),
];

function load(code: number, offset: number): BpfInstruction {
  return { code, jumpTrue: 0, jumpFalse: 0, operand: offset };
}

/** Ends with the number of bytes to keep; 0 drops the packet. */
function result(bytes: number): BpfInstruction {
  return { code: returnConstant, jumpTrue: 0, jumpFalse: 0, operand: bytes };
}
