/** Randomness that a seed repeats exactly, on any machine: for tests and the simulator. Never for keys or ids of worth. */
export interface SeededRandom {
  /** The kiosk's `Random` port. */
  bytes(count: number): Uint8Array;
  /** Uniform in [0, 1). */
  fraction(): number;
  /** A whole number in [0, limit). */
  int(limit: number): number;
  /** One of them. @throws if there is none */
  pick<Item>(items: readonly Item[]): Item;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Another stream that this one's seed fixes, and that drawing from this one does not disturb. */
  fork(name: string): SeededRandom;
}

/** sfc32 with a seed hashed by FNV-1a: a few lines, and passes PractRand far beyond what a run draws. */
export function seededRandom(seed: number | string): SeededRandom {
  const next = sfc32(fnv1a(`${seed}`));
  const fraction = (): number => next() / 2 ** 32;
  const int = (limit: number): number => Math.floor(fraction() * limit);
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => next() & 0xff),
    fraction,
    int,
    pick: (items) => {
      if (items.length === 0) throw new Error('broken invariant: nothing to pick from');
      return items[int(items.length)] as (typeof items)[number];
    },
    chance: (probability) => fraction() < probability,
    fork: (name) => seededRandom(`${seed}/${name}`),
  };
}

function sfc32(seed: number): () => number {
  let a = 0;
  let b = seed;
  let c = ~seed;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  // The first rounds still show the seed.
  for (let round = 0; round < 16; round += 1) next();
  return next;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash | 0;
}
