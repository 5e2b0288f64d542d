import { describe, expect, it } from 'vitest';
import { type OccupancyInput, occupancyOf, recentRatePerMinute } from './occupancy.ts';

const NOW = 1_795_262_400_000;
const MINUTE = 60_000;
const gate = (gate_id: string, admitted: number, exited = 0, unmatched = 0) => ({
  gate_id,
  admitted,
  exited,
  unmatched,
});
const activity = (gate_id: string, minutesAgo: number, admitted: number, exited = 0) => ({
  gate_id,
  bucket_ms: NOW - minutesAgo * MINUTE,
  admitted,
  exited,
});
const occupancy = (input: Partial<OccupancyInput>) =>
  occupancyOf({ totals: [], activity: [], silentGates: [], openProvisionals: 0, nowMs: NOW, ...input });

describe('occupancy', () => {
  it('is who came in less who went out, over all gates', () => {
    expect(occupancy({ totals: [gate('a', 120, 20), gate('b', 30, 40)] })).toEqual({
      inside: 90,
      uncertainty: 0,
      admitted: 150,
      exited: 60,
    });
  });

  it('T4: is not shown below zero', () => {
    expect(occupancy({ totals: [gate('a', 1, 4, 3)] })).toMatchObject({ inside: 0, exited: 4, uncertainty: 3 });
  });

  it('T4: is unsure by silent minutes at the recent rate of that gate, rounded up', () => {
    const input = {
      totals: [gate('a', 500)],
      activity: [activity('a', 25, 90), activity('a', 40, 20, 10), activity('b', 25, 999)],
      silentGates: [{ gateId: 'a', silentMs: 10.5 * MINUTE }],
    };
    expect(occupancy(input).uncertainty).toBe(21); // 10.5 minutes at two a minute
  });

  it('T4: is unsure by unmatched exits and open provisionals too', () => {
    const totals = [gate('a', 50, 10, 4), gate('b', 0, 2, 1)];
    expect(occupancy({ totals, openProvisionals: 3 }).uncertainty).toBe(8);
  });

  it('takes the rate of the hour before the gate fell silent, and no negative bucket', () => {
    const rows = [activity('a', 5, 60), activity('a', 70, 30), activity('a', 80, -5), activity('a', 140, 600)];
    expect(recentRatePerMinute(rows, 'a', NOW - 60 * MINUTE)).toBe(0.5);
  });
});
