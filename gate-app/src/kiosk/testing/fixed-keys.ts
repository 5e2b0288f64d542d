import type { KioskKeys, KioskSeeds } from '../kiosk-keys.ts';

/** A fake, for tests without a data folder: the keys of each generation are made of the first ones. */
export function fixedKeys(first: KioskSeeds): KioskKeys {
  const ofGeneration = (generation: number): KioskSeeds => ({
    nodeSeed: first.nodeSeed.map((byte) => byte + 16 * (generation - 1)),
    signingSeed: first.signingSeed.map((byte) => byte + 16 * (generation - 1)),
  });
  let inUse = first;
  return {
    get nodeSeed() {
      return inUse.nodeSeed;
    },
    get signingSeed() {
      return inUse.signingSeed;
    },
    ofGeneration,
    ticketSeeds: () => [inUse.signingSeed],
    nextTicketSeed: () => inUse.signingSeed,
    use: (generation) => {
      inUse = ofGeneration(generation);
    },
  };
}
