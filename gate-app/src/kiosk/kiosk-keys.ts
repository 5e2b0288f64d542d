import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeDurably } from './durable-file.ts';
import type { Random } from './ports.ts';

/** The kiosk cannot start; the message is for the operator. */
export class KioskStartError extends Error {
  override readonly name = 'KioskStartError';
}

/** Raw Ed25519 seeds: the node's, which seals its log, and the one it signs ticket codes with. */
export interface KioskSeeds {
  readonly nodeSeed: Uint8Array;
  readonly signingSeed: Uint8Array;
}

/**
 * The keys of the incarnation in use, and those made for the next one. Each enrolment has keys of its own (E6): a
 * machine that was copied and enrolled anew shares no secret with its copy.
 */
export interface KioskKeys extends KioskSeeds {
  /** The keys of a generation, counted from 1: made if they are not there, and on disk before this returns (S1). */
  ofGeneration(generation: number): KioskSeeds;
  /** From now on these are the keys in use: its enrolment is committed. */
  use(generation: number): void;
  /** The ticket keys of the generation in use, oldest first: the enrolment's, and those made since (T1). */
  ticketSeeds(): readonly Uint8Array[];
  /** One more ticket key of the generation in use, on disk before this returns. */
  nextTicketSeed(): Uint8Array;
}

/** What a person can do about a folder that is not whole. */
export const RECOVERY = 'Keep the folder for support, and enrol this kiosk anew with an empty one.';

const SEED_BYTES = 32;

const fileName = (name: 'node' | 'signing', generation: number): string =>
  generation === 1 ? `${name}.key` : `${name}-${generation}.key`;

/** A ticket key that followed the enrolment's own, which is the first (T1). */
const ticketFileName = (generation: number, number: number): string => `signing-${generation}-${number}.key`;

/** Makes the first generation where the folder is new, which must be before its database is. */
export function makeFirstKeys(path: string, random: Random): void {
  for (const name of ['node', 'signing'] as const) {
    const file = fileName(name, 1);
    if (!existsSync(join(path, file))) writeDurably(path, file, random.bytes(SEED_BYTES));
  }
}

/**
 * Reads the keys that the kiosk's log is sealed with.
 * @throws KioskStartError if they are missing or damaged
 */
export function openKeys(path: string, generation: number, random: Random): KioskKeys {
  let inUse = readSeeds(path, generation);
  let tickets = readTicketSeeds(path, generation, inUse);
  let used = generation;
  return {
    get nodeSeed() {
      return inUse.nodeSeed;
    },
    get signingSeed() {
      return inUse.signingSeed;
    },
    ofGeneration: (wanted) => {
      for (const name of ['node', 'signing'] as const) {
        const file = fileName(name, wanted);
        if (!existsSync(join(path, file))) writeDurably(path, file, random.bytes(SEED_BYTES));
      }
      return readSeeds(path, wanted);
    },
    use: (wanted) => {
      inUse = readSeeds(path, wanted);
      tickets = readTicketSeeds(path, wanted, inUse);
      used = wanted;
    },
    ticketSeeds: () => tickets,
    nextTicketSeed: () => {
      const seed = random.bytes(SEED_BYTES);
      writeDurably(path, ticketFileName(used, tickets.length + 1), seed);
      tickets = [...tickets, seed];
      return seed;
    },
  };
}

/**
 * The two keys that an enrolment began with.
 * @throws KioskStartError if they are missing or damaged
 */
export const readSeeds = (path: string, generation: number): KioskSeeds => ({
  nodeSeed: readSeed(join(path, fileName('node', generation))),
  signingSeed: readSeed(join(path, fileName('signing', generation))),
});

function readTicketSeeds(path: string, generation: number, { signingSeed }: KioskSeeds): readonly Uint8Array[] {
  const seeds = [signingSeed];
  for (let file = fileOf(2); existsSync(file); file = fileOf(seeds.length + 1)) seeds.push(readSeed(file));
  return seeds;
  function fileOf(number: number): string {
    return join(path, ticketFileName(generation, number));
  }
}

function readSeed(file: string): Uint8Array {
  if (!existsSync(file)) {
    throw new KioskStartError(`The key file ${file} is missing, and the kiosk's log needs it. ${RECOVERY}`);
  }
  const seed = new Uint8Array(readFileSync(file));
  if (seed.length !== SEED_BYTES) {
    throw new KioskStartError(`The key file ${file} is damaged: it is not 32 bytes. ${RECOVERY}`);
  }
  return seed;
}
