/** What a scenario wants to see isn't there; the message says what was seen instead. */
export class NotSeen extends Error {
  override readonly name = "NotSeen";
}
