const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const VALUES = new Map(Array.from(ALPHABET, (letter, value) => [letter, value] as const));

/** Base45 (RFC 9285): bytes in the alphabet that QR codes store in 5.5 bits a character. */
export function bytesToBase45(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 2) {
    const pair = index + 1 < bytes.length;
    let value = pair ? (bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0) : (bytes[index] ?? 0);
    for (let letter = 0; letter < (pair ? 3 : 2); letter += 1) {
      text += ALPHABET[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Base45 to bytes; null if the text is not that. Strict: each byte sequence has one text. */
export function base45ToBytes(text: string): Uint8Array | null {
  if (text.length % 3 === 1) return null;
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 3) {
    const group = text.slice(index, index + 3);
    const value = groupValue(group);
    if (value === null || value > (group.length === 3 ? 0xffff : 0xff)) return null;
    if (group.length === 3) bytes.push(value >> 8);
    bytes.push(value & 0xff);
  }
  return Uint8Array.from(bytes);
}

function groupValue(group: string): number | null {
  let sum = 0;
  let weight = 1;
  for (const letter of group) {
    const value = VALUES.get(letter);
    if (value === undefined) return null;
    sum += value * weight;
    weight *= 45;
  }
  return sum;
}
