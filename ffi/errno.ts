/** Errors of system calls: Linux's names, which x86_64 and aarch64 share, and what to do about the likely ones. */

const names: Readonly<Record<number, readonly [name: string, text: string]>> = {
  1: ["EPERM", "operation not permitted"],
  2: ["ENOENT", "no such file or directory"],
  4: ["EINTR", "interrupted"],
  6: ["ENXIO", "no such device or address"],
  9: ["EBADF", "bad file descriptor"],
  11: ["EAGAIN", "not ready"],
  12: ["ENOMEM", "out of memory"],
  13: ["EACCES", "permission denied"],
  14: ["EFAULT", "bad address"],
  16: ["EBUSY", "busy"],
  17: ["EEXIST", "it exists already"],
  19: ["ENODEV", "no such device"],
  22: ["EINVAL", "invalid argument"],
  23: ["ENFILE", "too many open files in the system"],
  24: ["EMFILE", "too many open files"],
  32: ["EPIPE", "the other end is closed"],
  38: ["ENOSYS", "the kernel has no such call"],
  71: ["EPROTO", "protocol error"],
  90: ["EMSGSIZE", "message too long"],
  92: ["ENOPROTOOPT", "no such option"],
  93: ["EPROTONOSUPPORT", "protocol not supported"],
  94: ["ESOCKTNOSUPPORT", "socket type not supported"],
  95: ["EOPNOTSUPP", "operation not supported"],
  97: ["EAFNOSUPPORT", "address family not supported"],
  98: ["EADDRINUSE", "address in use"],
  99: ["EADDRNOTAVAIL", "address not available"],
  100: ["ENETDOWN", "network is down"],
  101: ["ENETUNREACH", "network is unreachable"],
  103: ["ECONNABORTED", "connection aborted"],
  104: ["ECONNRESET", "connection reset by peer"],
  105: ["ENOBUFS", "no buffer space left"],
  106: ["EISCONN", "already connected"],
  107: ["ENOTCONN", "not connected"],
  110: ["ETIMEDOUT", "timed out"],
  111: ["ECONNREFUSED", "connection refused"],
  112: ["EHOSTDOWN", "host is down"],
  113: ["EHOSTUNREACH", "no route to host"],
  114: ["EALREADY", "already in progress"],
  115: ["EINPROGRESS", "in progress"],
};

const packetSocketNeeds =
  "needs CAP_NET_RAW: add NET_RAW to securityContext.capabilities of the container, " +
  "or run as root";
const openFiles = "has no file descriptor left: raise the limit on open files (ulimit -n, LimitNOFILE)";

/** What the failure means for whoever runs the program, by errno's name and by call. */
const advice: Readonly<Record<string, string>> = {
  "EPERM socket(AF_PACKET)": packetSocketNeeds,
  "EACCES socket(AF_PACKET)": packetSocketNeeds,
  "EAFNOSUPPORT socket(AF_PACKET)": "needs a kernel with CONFIG_PACKET: load the module af_packet",
  "EAFNOSUPPORT socket(AF_INET6)": "needs IPv6 in the kernel: boot without ipv6.disable=1",
};

/** A system call failed. `errno` is the error's name, such as "EPERM"; the message says what can be done about it. */
export class Errno extends Error {
  readonly errno: string;

  /** `call` as in `socket(AF_PACKET)`. */
  constructor(readonly code: number, readonly call: string) {
    const [name, text] = names[code] ?? [`errno ${code}`, "see errno(3)"];
    const known = advice[`${name} ${call}`] ?? (name === "EMFILE" || name === "ENFILE" ? openFiles : null);
    super(known === null ? `${name}: ${call}: ${text}` : `${name}: ${call} ${known}`);
    this.name = "Errno";
    this.errno = name;
  }
}

/** The numbers that callers tell apart. */
export const errnoCodes = {
  EINTR: 4,
  ENXIO: 6,
  EAGAIN: 11,
  ENOMEM: 12,
  ENODEV: 19,
  EADDRINUSE: 98,
  EADDRNOTAVAIL: 99,
  ENETDOWN: 100,
  ENOBUFS: 105,
} as const;
