import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';

describe('configuration', () => {
  it('has defaults, takes the environment, and flags win', () => {
    const config = readConfig({ SKYGATE_PORT: '5000', SKYGATE_LOG: 'warn' }, ['--port', '6000', '--data', '/tmp/x']);
    expect(config).toMatchObject({
      ok: true,
      value: { port: 6000, host: '127.0.0.1', dataFolder: '/tmp/x', logLevel: 'warn', databaseUrl: null, hqUser: null },
    });
  });

  it.each([
    [{ SKYGATE_PORT: 'eighty' }, [], 'SKYGATE_PORT must be a port number from 0 to 65535, and "eighty" is not.'],
    [{ SKYGATE_PORT: '70000' }, [], 'SKYGATE_PORT must be a port number'],
    [{ SKYGATE_LOG: 'loud' }, [], 'SKYGATE_LOG must be one of silent, error, warn, info'],
    [{ DATABASE_URL: 'mysql://root:secret@db/x' }, [], 'DATABASE_URL must be a PostgreSQL address'],
    [{ DATABASE_URL: 'nonsense' }, [], 'DATABASE_URL must be a PostgreSQL address'],
    [{ SKYGATE_MASTER_KEY: 'short' }, [], 'SKYGATE_MASTER_KEY must be 32 bytes'],
    [{ SKYGATE_HQ_EMAIL: 'hq@example.org' }, [], 'must be set together'],
    [{ SKYGATE_TRUST_PROXY: 'yes' }, [], 'SKYGATE_TRUST_PROXY must be addresses or subnets of proxies'],
    [
      { SKYGATE_TRUST_PROXY: '127.0.0.1,' },
      [],
      'parted by commas (127.0.0.1, 10.1.0.0/16), or loopback, and "" is not.',
    ],
    [{ SKYGATE_TRUST_PROXY: '10.0.0.1, proxy.example.org' }, [], '"proxy.example.org" is not.'],
    [{ SKYGATE_TRUST_PROXY: '0.0.0.0/0' }, [], '"0.0.0.0/0" is not.'],
    [{ SKYGATE_TRUST_PROXY: '10.0.0.0/33' }, [], '"10.0.0.0/33" is not.'],
    [{ SKYGATE_TRUST_PROXY: '::1/129' }, [], '"::1/129" is not.'],
    [{}, ['--prot', '1'], "Unknown option '--prot'. Known flags: --port N, --data DIR, --restored."],
    [{}, ['--port'], '--port'],
  ])('says what is wrong: %j %j', (env, args, message) => {
    const config = readConfig(env, args);
    expect(config.ok ? 'no error' : config.error).toContain(message);
  });

  it('S5: takes the proxies that are named, and believes none unnamed', () => {
    const proxiesIn = (env: Record<string, string>) => {
      const config = readConfig(env, []);
      return config.ok ? config.value.trustedProxies : config.error;
    };
    expect(proxiesIn({})).toEqual([]);
    expect(proxiesIn({ SKYGATE_TRUST_PROXY: '127.0.0.1, 10.1.0.0/16,fd00::/8,loopback' })).toEqual([
      '127.0.0.1',
      '10.1.0.0/16',
      'fd00::/8',
      'loopback',
    ]);
  });

  it('never repeats a secret', () => {
    const config = readConfig({ DATABASE_URL: 'mysql://root:hunter2@db/x' }, []);
    expect(JSON.stringify(config)).not.toContain('hunter2');
  });
});
