import { createHash } from 'node:crypto';

/** What happened in a run, line by line; two runs of one seed must agree on all of it. */
export interface Trace {
  add(line: string): void;
  hash(): string;
}

/** @param print also shows each line, for looking into a failing seed */
export function createTrace(nowMs: () => number, print: ((line: string) => void) | null): Trace {
  const hash = createHash('sha256');
  return {
    add: (text) => {
      const line = `${String(nowMs()).padStart(8)} ${text}`;
      hash.update(line).update('\n');
      print?.(line);
    },
    hash: () => hash.copy().digest('hex'),
  };
}
