/** A child process that is spoken to in JSON, one value on each line. */

export class JsonLinesProcess<Out> {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #writing: Promise<void> = Promise.resolve();

  /** `onValue` is called for each line of its output. What it writes to stderr comes out on ours. */
  constructor(command: readonly string[], onValue: (value: Out) => void, env: Record<string, string> = {}) {
    const [program = "", ...args] = command;
    this.#child = new Deno.Command(program, { args, env, stdin: "piped", stdout: "piped" }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = readLines(this.#child.stdout, (line) => onValue(JSON.parse(line) as Out));
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  send(value: unknown): void {
    const line = new TextEncoder().encode(JSON.stringify(value) + "\n");
    // Nobody listens any more once it has ended, which is no error of the test.
    this.#writing = this.#writing.then(() => this.#writer.write(line)).catch(() => {});
  }

  /** Ends its input, and waits until it has ended by itself. */
  async finish(): Promise<Deno.CommandStatus> {
    await this.#writing;
    await this.#writer.close().catch(() => {});
    await this.#reading;
    return await this.#child.status;
  }

  /** Ends it at once. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#writing;
    await this.#writer.close().catch(() => {});
    await this.#reading;
    await this.#child.status;
  }
}

/** Calls `onLine` for each line of a stream, until it ends. */
async function readLines(stream: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(onLine);
  }
}
