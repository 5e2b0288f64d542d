// For tests: the outer form of an Automerge change, with contents that nobody's editor would write.

export function leb(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.push((left % 128) + (left >= 128 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return bytes;
}

/** @param kind 1: a change, 2: a packed one */
export const chunk = (kind: number, contents: Uint8Array | number[]): Uint8Array =>
  Uint8Array.from([0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, kind, ...leb(contents.length), ...contents]);
