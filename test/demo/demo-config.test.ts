import { localTimeOf } from '@skygate/shared/lib/local-time';
import { describe, expect, it } from 'vitest';
import { parseDemoConfig, zoneInTheMorning } from './demo-config.ts';

describe('zoneInTheMorning', () => {
  it('is between 11:00 and 12:00 at any hour somebody runs the tests', () => {
    for (let hour = 0; hour < 24; hour += 1) {
      const ms = Date.UTC(2026, 10, 21, hour, 59);
      expect(localTimeOf(ms, zoneInTheMorning(ms))).toBe('11:59');
    }
  });
});

describe('parseDemoConfig', () => {
  it('names a port that cannot be one', () => {
    expect(() => parseDemoConfig(['--port-base', '80'])).toThrow('--port-base must be 1024 to 65000');
  });

  it('stands in Bishkek', () => {
    expect(parseDemoConfig([])).toMatchObject({ timeZone: 'Asia/Bishkek', fresh: false });
  });
});
