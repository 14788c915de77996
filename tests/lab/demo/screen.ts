/** What the demo writes: numbered steps, colours on a terminal, plain text elsewhere and where NO_COLOR is set. */

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Colour = keyof typeof codes;

export class Screen {
  readonly #coloured = Deno.stdout.isTerminal() && !Deno.noColor;
  #step = 0;

  paint(colour: Colour, text: string): string {
    return this.#coloured ? `\x1b[${codes[colour]}m${text}\x1b[0m` : text;
  }

  line(text = ""): void {
    console.log(text);
  }

  /** Begins a step; what it does takes the time that is printed after it. */
  async step<T>(title: string, work: () => Promise<T>): Promise<T> {
    this.#step++;
    this.line(`\n${this.paint("bold", `${this.#step}. ${title}`)}`);
    const began = performance.now();
    const result = await work();
    const took = performance.now() - began;
    if (took >= 100) this.line(this.paint("dim", `   (${(took / 1000).toFixed(1)} s)`));
    return result;
  }

  /** A fact of the present step. */
  fact(text: string): void {
    this.line(`   ${text}`);
  }

  good(text: string): void {
    this.fact(this.paint("green", text));
  }

  /** A text of several lines, as in a file. */
  quote(text: string): void {
    for (const line of text.trimEnd().split("\n")) this.fact(this.paint("cyan", line));
  }
}
