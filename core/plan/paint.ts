/** Colours of a terminal, and what they mean here. */

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Colour = keyof typeof codes;

/** The text in a colour, or as it is where there are none. */
export type Paint = (colour: Colour, text: string) => string;

export const coloured: Paint = (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m`;
export const plain: Paint = (_, text) => text;
