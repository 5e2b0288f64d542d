import { expect, it } from 'vitest';
import { kioskLog } from './system-ports.ts';

it('P1: logs neither people nor what opens a gate, at any depth that is logged', () => {
  const lines: string[] = [];
  const log = kioskLog('info', { write: (line) => lines.push(line) });
  const secret = { pin: '4711', name: 'Aida', code: 'SG1:ABC', token: 'eyJ' };
  log.warn({ ...secret, staffId: 'g1', person: secret, input: { person: secret } }, 'what was asked');
  expect(lines.join()).not.toMatch(/4711|Aida|SG1|eyJ/);
  expect(lines.join()).toContain('"staffId":"g1"');
});
