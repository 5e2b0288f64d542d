import { describe, expect, it } from 'vitest';
import { parseKioskConfig } from './kiosk-config.ts';

const parse = (args: readonly string[], env: Record<string, string> = {}) => parseKioskConfig(args, env, '/base');

describe('parseKioskConfig', () => {
  it('has defaults', () => {
    expect(parse([])).toEqual({
      ok: true,
      value: { port: 4810, dataFolder: '/base/.data/kiosk', uiFolder: '/base/gate-app/dist/ui', logLevel: 'warn' },
    });
  });

  it('takes flags over the environment', () => {
    const env = { SKYGATE_KIOSK_PORT: '5000', SKYGATE_KIOSK_DATA: 'env', SKYGATE_LOG: 'info' };
    expect(parse([], env)).toMatchObject({ value: { port: 5000, dataFolder: '/base/env', logLevel: 'info' } });
    expect(parse(['--port', '0', '--data', '/x', '--log=debug'], env)).toMatchObject({
      value: { port: 0, dataFolder: '/x', logLevel: 'debug' },
    });
  });

  it.each([
    [['--prot', '1'], '--prot'],
    [['extra'], 'extra'],
    [['--port', 'abc'], 'port'],
    [['--port', '65536'], 'port'],
    [['--port=-1'], 'port'],
    [['--port'], '--port'],
    [['--data='], '--data'],
    [['--log', 'loud'], 'log level'],
  ])('names what is wrong with %j', (args, named) => {
    const parsed = parse(args);
    expect(parsed.ok ? 'ok' : parsed.error).toContain(named);
  });
});
