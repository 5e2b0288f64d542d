import { describe, expect, it } from 'vitest';
import { readEnrolmentText, spacedCode, tidyCode } from './enrolment-text.ts';

describe('the enrolment code', () => {
  it("is read with its server from HQ's QR", () => {
    expect(readEnrolmentText('skygate-enrol:ABCD2345@http://10.0.0.5:4800')).toEqual({
      serverUrl: 'http://10.0.0.5:4800',
      code: 'ABCD2345',
    });
  });

  it.each(['SG1:6BFOXN', 'skygate-enrol:ABCD2345', 'skygate-enrol:ABCD2345@javascript:alert(1)', ''])(
    'is not seen in %j',
    (text) => {
      expect(readEnrolmentText(text)).toBeNull();
    },
  );

  it('may be typed in small letters, with its dash, and with letters that look like digits', () => {
    expect(tidyCode('abcd-2345')).toBe('ABCD2345');
    expect(tidyCode('OIL0 1234 9')).toBe('01101234');
    expect(spacedCode('ABCD2345')).toBe('ABCD-2345');
  });
});
