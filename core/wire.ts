/**
 * The client library's model types with times as they are on the wire: RFC 3339 text instead of Date, since objects
 * are read straight from JSON.
 */
export type Wire<T> = T extends Date ? string
  : T extends readonly (infer Item)[] ? Wire<Item>[]
  : T extends object ? { [Key in keyof T]: Wire<T[Key]> }
  : T;
