import { describe, expect, it } from 'vitest';
import { isForbiddenKey, isOwnPage, mayHave, mayNavigate, mayRequest } from './lock-down.ts';

describe('X1: navigation and requests', () => {
  it.each(['skygate://app/', 'skygate://app/index.html?x=1'])('our own page: %s', (address) => {
    expect([isOwnPage(address), mayNavigate(address), mayRequest(address)]).toEqual([true, true, true]);
  });

  it.each([
    'https://example.org/',
    'http://127.0.0.1:4810/',
    'file:///etc/passwd',
    'skygate://other/',
    'skygate://app.evil.example/',
    'skygate://user@app/',
    'javascript:alert(1)',
    'data:text/html,<p>',
    'blob:skygate://app/1',
    'not an address',
    '',
  ])('never goes to %j', (address) => {
    expect(mayNavigate(address)).toBe(false);
  });

  it.each([
    ['data:image/png;base64,AA==', true],
    ['blob:skygate://app/1b2c', true],
    ['blob:https://example.org/1b2c', false],
    ['https://example.org/x.js', false],
    ['ws://127.0.0.1:4810/rpc', false],
    ['file:///etc/passwd', false],
    ['devtools://devtools/bundled/x.html', false],
  ])('loads %s: %s', (address, allowed) => {
    expect(mayRequest(address)).toBe(allowed);
  });
});

describe('X1: permissions', () => {
  const own = 'skygate://app/';

  it('gives our page the camera and nothing more', () => {
    expect(mayHave({ permission: 'media', origin: own, mediaTypes: ['video'] })).toBe(true);
    expect(mayHave({ permission: 'media', origin: own, mediaTypes: ['video', 'audio'] })).toBe(false);
    expect(mayHave({ permission: 'media', origin: own, mediaTypes: ['audio'] })).toBe(false);
    expect(mayHave({ permission: 'media', origin: own, mediaTypes: [] })).toBe(false);
  });

  it('gives other pages nothing', () => {
    expect(mayHave({ permission: 'media', origin: 'https://example.org/', mediaTypes: ['video'] })).toBe(false);
  });

  it.each(['geolocation', 'notifications', 'clipboard-read', 'usb', 'serial', 'hid', 'openExternal', 'fullscreen'])(
    'never gives %s',
    (permission) => {
      expect(mayHave({ permission, origin: own, mediaTypes: ['video'] })).toBe(false);
    },
  );
});

describe('X1: keys', () => {
  const key = (name: string, held: Partial<Parameters<typeof isForbiddenKey>[0]> = {}) =>
    isForbiddenKey({ key: name, control: false, meta: false, shift: false, alt: false, ...held });

  it('that leave or open the kiosk are taken away', () => {
    expect([key('F11'), key('F12'), key('F4', { alt: true }), key('w', { control: true })]).not.toContain(false);
    expect([
      key('I', { control: true, shift: true }),
      key('j', { control: true }),
      key('q', { meta: true }),
    ]).not.toContain(false);
  });

  it('that write or edit text stay', () => {
    expect([
      key('w'),
      key('F4'),
      key('c', { control: true }),
      key('v', { control: true }),
      key('J', { shift: true }),
    ]).toEqual([false, false, false, false, false]);
  });
});
