/** What `kubectl version` shows of the server. It says that it isn't a real one. */
export const VERSION = {
  major: "1",
  minor: "36",
  gitVersion: "v1.36.0+pewter-lab",
  gitCommit: "none: the embedded API server of Pewter's lab, a tool for tests and the demo",
  gitTreeState: "clean",
  buildDate: "1970-01-01T00:00:00Z",
  goVersion: "none: Deno",
  compiler: "none",
  platform: "deno/lab",
} as const;
