import { assertEquals, assertThrows } from "@std/assert";
import { compileGoPattern, GoPatternError } from "../../../speaker/l2/gopattern.ts";
import { compileExcludeList } from "../../../speaker/l2/interfaces.ts";

const matches: readonly [pattern: string, name: string, found: boolean][] = [
  ["eth", "veth0", true],
  ["^eth", "veth0", false],
  ["^lo$", "lo", true],
  ["^lo$", "lo0", false],
  ["^docker.*", "docker0", true],
  ["", "anything", true],
  ["(?i)^ETH", "eth0", true],
  ["(?s)a.b", "a\nb", true],
  ["(?P<kind>bond)[0-9]+", "bond12", true],
  ["(?:eth|en)p?", "enp3s0", true],
  ["^[[:alpha:]]+[[:digit:]]$", "eth0", true],
  ["^[[:alpha:]]+$", "eth0", false],
  ["^[^[:digit:]]+$", "eth", true],
  ["\\Aeth\\z", "eth", true],
  ["\\Aeth\\z", "eth0", false],
  ["\\Qa.b\\E", "axb", false],
  ["\\Qa.b\\E", "a.b", true],
  ["a\\-b", "a-b", true],
  ["eth\\@", "eth@", true],
  ["[\\w.-]+@if\\d", "eth0.1@if3", true],
  ["[]x]", "a]", true],
  ["}", "a}", true],
  ["a{,2}", "a{,2}", true],
  ["a{2}", "aa", true],
  ["\\pL", "eth", true],
  ["\\x{65}th", "eth", true],
  ["eth\\.\\d+", "eth.100", true],
  ["[\\s]", "a b", true],
  ["\\S", " ", false],
  ["cali.*|^tun", "tunl0", true],
  ["[a\\-z]", "b", false],
];

for (const [pattern, name, found] of matches) {
  Deno.test(`${JSON.stringify(pattern)} ${found ? "finds" : "doesn't find"} ${JSON.stringify(name)}`, () => {
    assertEquals(compileGoPattern(pattern).test(name), found);
  });
}

for (
  const pattern of [
    "(",
    "a**",
    "[a",
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(a)\\1",
    "a(?i)b",
    "[[:nothing:]]",
    "\\Z",
    "*a",
  ]
) {
  Deno.test(`${JSON.stringify(pattern)} is refused, as Go refuses it or it isn't translated`, () => {
    const error = assertThrows(() => compileGoPattern(pattern), GoPatternError);
    assertEquals(error instanceof GoPatternError && error.pattern, pattern);
  });
}

Deno.test("MetalLB's own exclude list leaves Ethernet interfaces alone", () => {
  const shipped = "docker cbr dummy virbr lxcbr veth cali tunl flannel kube-ipvs cni nodelocaldns lxc".split(
    " ",
  );
  const excludes = compileExcludeList([...shipped.map((name) => `^${name}.*`), "^lo$"]);
  const names = [
    "eth0",
    "ens18",
    "bond0",
    "br0",
    "vlan.100",
    "veth1234",
    "lo",
    "calif00",
    "cni0",
    "kube-ipvs0",
  ];
  assertEquals(names.filter(excludes), ["veth1234", "lo", "calif00", "cni0", "kube-ipvs0"]);
});

Deno.test("an empty exclude list excludes nothing", () => {
  assertEquals(compileExcludeList([])("lo"), false);
});
