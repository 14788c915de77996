/** The version of every part of this repository, as in the CHANGELOG. */
export const version = "0.1.0";
