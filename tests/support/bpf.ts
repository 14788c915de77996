/** Runs classic BPF as linux/filter.h describes it, so that filter programs can be tested without a kernel. */
import type { BpfProgram } from "../../speaker/l2/bpf.ts";

const offsetPacketType = 0xffff_f004;

/** How many bytes of the frame the program keeps; 0 drops it. `packetType` as in sockaddr_ll; 0 is for this host. */
export function runBpf(program: BpfProgram, frame: Uint8Array, packetType = 0): number {
  let accumulator = 0;
  for (let at = 0; at < program.length; at++) {
    const instruction = program[at];
    if (instruction === undefined) break;
    const { code, operand, jumpTrue, jumpFalse } = instruction;
    switch (code) {
      case 0x30: // BPF_LD | BPF_B | BPF_ABS
        if (operand === offsetPacketType) accumulator = packetType;
        else if (operand < frame.length) accumulator = frame[operand] ?? 0;
        else return 0;
        break;
      case 0x28: // BPF_LD | BPF_H | BPF_ABS
        if (operand + 2 > frame.length) return 0;
        accumulator = (frame[operand] ?? 0) * 256 + (frame[operand + 1] ?? 0);
        break;
      case 0x15: // BPF_JMP | BPF_JEQ | BPF_K
        at += accumulator === operand ? jumpTrue : jumpFalse;
        break;
      case 0x06: // BPF_RET | BPF_K
        return operand;
      default:
        throw new Error(`the test's BPF doesn't know code ${code}`);
    }
  }
  throw new Error("the program ends without a result");
}
