/** Index and MAC address of an interface by name (netdevice(7)), for tools; the speaker has both from netlink. */
import { Reader, Writer } from "../core/bytes.ts";
import { closeOnExec, type Libc } from "./libc.ts";

const familyInet = 2;
const typeDatagram = 2;
const getHardwareAddress = 0x8927n;
const getIndex = 0x8933n;
const nameLength = 16;
const requestLength = 40;

/** The index of the interface of this name. Throws Errno, ENODEV when there is none. */
export function interfaceIndex(libc: Libc, name: string): number {
  return request(libc, name, getIndex, "ioctl(SIOCGIFINDEX)").hostI32("ifreq.index");
}

/** Its MAC address as a number of 48 bits. Throws Errno. */
export function interfaceMac(libc: Libc, name: string): number {
  const answer = request(libc, name, getHardwareAddress, "ioctl(SIOCGIFHWADDR)");
  answer.skip(2, "ifreq.family");
  return answer.u48("ifreq.hardwareAddress");
}

/** Asks with a `struct ifreq`; gives what follows the name in the answer. */
function request(libc: Libc, name: string, code: bigint, call: string): Reader {
  const bytes = new TextEncoder().encode(name);
  if (bytes.length >= nameLength) throw new RangeError(`${name}: an interface's name has at most 15 bytes`);
  const ifreq = new Writer(requestLength).copy(bytes).padTo(requestLength).buffer;
  const fd = libc.check(libc.calls.socket(familyInet, typeDatagram | closeOnExec, 0), "socket(AF_INET)");
  try {
    libc.check(libc.calls.ioctl(fd, code, ifreq), call);
    return new Reader(ifreq, nameLength);
  } finally {
    libc.closeFd(fd);
  }
}
