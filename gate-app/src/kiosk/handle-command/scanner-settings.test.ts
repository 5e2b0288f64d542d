import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScannerSettings } from '../../rpc-contract/status-view.ts';
import { openTestKiosk, PIN, type TestKiosk } from '../testing/test-park.ts';

const OLD_MACHINE: ScannerSettings = { library: 'zxing-js', cameraId: 'front', prefix: '~', suffix: '#' };

describe('how a kiosk reads codes', () => {
  let test: TestKiosk;
  beforeEach(async () => {
    test = await openTestKiosk('gate');
  });
  afterEach(() => test.remove());

  const settings = async (): Promise<ScannerSettings> => (await test.kiosk.api.getStatus()).scanner;

  it('is set by a supervisor and kept over a restart', async () => {
    expect(await settings()).toEqual({ library: 'zxing-wasm', cameraId: null, prefix: '', suffix: '' });
    await test.kiosk.api.logIn({ staffId: 's1', pin: PIN });
    expect(await test.kiosk.api.setScanner(OLD_MACHINE)).toMatchObject({ ok: true });
    test = await test.restart();
    expect(await settings()).toEqual(OLD_MACHINE);
  });

  it('X3: is not set by gate staff, nor by nobody', async () => {
    expect(await test.kiosk.api.setScanner(OLD_MACHINE)).toMatchObject({
      ok: false,
      problem: { code: 'not_logged_in' },
    });
    await test.kiosk.api.logIn({ staffId: 'g1', pin: PIN });
    expect(await test.kiosk.api.setScanner(OLD_MACHINE)).toMatchObject({
      ok: false,
      problem: { code: 'not_permitted' },
    });
    expect((await settings()).library).toBe('zxing-wasm');
  });
});
