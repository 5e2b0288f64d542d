import type { Database } from 'better-sqlite3';
import type { ClockMemoryRow } from './event-log/row-types.generated.ts';

/** Who last told this kiosk the time. */
export type TimeSource = 'server' | 'peer' | 'supervisor';

/** What a kiosk knows of the time across a restart (H2). */
export interface KnownTime {
  /** Null where the wall clock was set since: the correction is void. */
  readonly source: TimeSource | null;
  /** The true time minus the machine's wall clock, in milliseconds. */
  readonly offsetMs: number;
  /** The true time when it was learnt, milliseconds since 1970. */
  readonly knownMs: number;
  /** Whether the durable hybrid clock stood too far ahead of it to say anything of the time (H1). */
  readonly hlcLeads: boolean;
}

/** Keeps it on disk. Only `remember` writes; a full disk throws, and the clock tries again later. */
export interface ClockMemory {
  recall(): KnownTime | null;
  remember(known: KnownTime): void;
}

const READ = 'SELECT source, offset_ms, known_ms, hlc_leads FROM clock_memory WHERE only_row = 1';
const SAVE = `
  INSERT OR REPLACE INTO clock_memory (only_row, source, offset_ms, known_ms, hlc_leads) VALUES (1, ?, ?, ?, ?)`;

export function createClockMemory(database: Database): ClockMemory {
  const read = database.prepare<[], Omit<ClockMemoryRow, 'only_row'>>(READ);
  const save = database.prepare(SAVE);
  return {
    recall: () => {
      const row = read.get();
      if (!row) return null;
      const { source, offset_ms: offsetMs, known_ms: knownMs } = row;
      return { source: source as TimeSource | null, offsetMs, knownMs, hlcLeads: row.hlc_leads === 1 };
    },
    remember: ({ source, offsetMs, knownMs, hlcLeads }) => {
      save.run(source, offsetMs, knownMs, hlcLeads ? 1 : 0);
    },
  };
}

/** Forgets with the process: for what has no disk. */
export const forgetfulMemory = (): ClockMemory => {
  let kept: KnownTime | null = null;
  return {
    recall: () => kept,
    remember: (known) => {
      kept = known;
    },
  };
};
